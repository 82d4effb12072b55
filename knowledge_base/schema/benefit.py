"""What a person or a business is entitled to, with conditions that a machine can check."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .common import Basis, Id, Many, Record, Text, When
from .item import Audience

WITHOUT_APPLICATION = "免申即享"
Way = Literal["免申即享", "申报享受", "凭证享受", "以官方公布为准"]
"""Ways to a benefit that are no item: paid unasked, claimed in the tax return, by showing a card, as published."""


class Entitlement(StrEnum):
    """Automatic: data of the state settle every condition. Fast: applied for, checked against data. Ordinary: with proof."""

    AUTOMATIC = "automatic"
    FAST = "fast"
    ORDINARY = "ordinary"


class BenefitCondition(Record):
    """Holds when all facts of `when` match, or all facts of one of `alternatives`. `data_source`: who can check it."""

    text: Text
    when: Annotated[When, Field(min_length=1)]
    alternatives: Many[Annotated[When, Field(min_length=1)]] = ()
    basis: Basis
    data_source: str = ""
    hint: str = ""


class BenefitAmount(Record):
    """`number` only where a national source fixes it; `most`: an upper bound. `text` says the rest or replaces it."""

    number: Annotated[Decimal, Field(gt=0)] | None = None
    unit: str = "元"
    period: Literal["", "once", "day", "month", "year"] = ""
    most: bool = False
    text: str = ""
    basis: Basis | None = None


class Benefit(Record):
    """All `conditions` must hold. `apply` is an item's id or a way without one; `reason` tells why the entitlement is so."""

    who: Text
    audience: Audience
    conditions: Annotated[tuple[BenefitCondition, ...], Field(min_length=1)]
    amount: BenefitAmount = BenefitAmount()
    paid: str = ""
    deadline: str = ""
    apply: Way | Id = "以官方公布为准"
    entitlement: Entitlement = Entitlement.ORDINARY
    reason: Text

    @model_validator(mode="after")
    def _unasked_is_automatic(self) -> "Benefit":
        if (self.apply == WITHOUT_APPLICATION) != (self.entitlement is Entitlement.AUTOMATIC):
            raise ValueError("apply 写「免申即享」和 entitlement 写 automatic 要同时出现")
        return self

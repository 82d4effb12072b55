"""An online application as screens of fields, to be practised without submitting anything."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .common import FactId, Id, Many, Record, Text, Validity, When


class FieldKind(StrEnum):
    """What a field takes. A confirmation is a box that must be ticked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    REGION = "region"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    CREDIT_CODE = "credit_code"
    BANK_CARD = "bank_card"
    FILE = "file"
    CONFIRMATION = "confirmation"


CheckName = Literal[
    "length", "range", "age", "not_future", "not_past", "after", "same_as", "differs_from", "written_as", "file"
]
NEEDS: dict[CheckName, tuple[str, ...]] = {
    "length": ("range",),
    "range": ("range",),
    "age": ("range",),
    "after": ("field",),
    "same_as": ("field",),
    "differs_from": ("field",),
    "written_as": ("pattern",),
    "file": ("types", "megabytes"),
}
"""What each named check must be given besides its name."""


class FieldCheck(Record):
    """A named check. `range` is of characters, of the number or of years of age; `field` an earlier field; `pattern` a name
    in field_checks.yaml; `types` file endings; `text` replaces what is said when the check fails."""

    check: CheckName
    range: str = ""
    field: FactId | Literal[""] = ""
    pattern: str = ""
    types: tuple[str, ...] = ()
    megabytes: Annotated[float, Field(gt=0, le=100)] | None = None
    text: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "FieldCheck":
        needed = NEEDS.get(self.check, ())
        given = [name for name in ("range", "field", "pattern", "types", "megabytes") if getattr(self, name)]
        if sorted(given) != sorted(needed):
            raise ValueError(f"检查「{self.check}」要写的是：{'、'.join(needed) or '（不用写别的）'}")
        return self


class FieldOption(Record):
    value: FactId
    label: Text
    hint: str = ""


class FormField(Record):
    """One field of a screen. An id that is a fact of the city asks that fact: its options and what the guide knows come from
    there. `where` tells where the value stands, `material` which paper holds it or, of a file, which one is handed in."""

    id: FactId
    label: Text
    kind: FieldKind
    required: bool = True
    hint: Text
    where: str = ""
    material: Id | Literal[""] = ""
    example: str = ""
    unit: str = ""
    options: tuple[FieldOption, ...] = ()
    checks: Many[FieldCheck] = ()
    when: When = Field(default_factory=dict)


class Mistake(Record):
    """What people do, what comes of it, how it is done right; `field` where it is about one."""

    wrong: Text
    consequence: Text
    right: Text
    field: FactId | Literal[""] = ""


class Screen(Record):
    """One page of the form; `when` is on fields of earlier screens."""

    id: FactId
    title: Text
    purpose: Text
    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=20)]
    mistakes: Many[Mistake] = ()
    when: When = Field(default_factory=dict)


class Rehearsal(Record):
    """The online application of an item, or of some of its handling items, in a channel of city.yaml. `aim` book: only the
    appointment is made online. A sample written from the guide, to be checked against the real form."""

    id: Id
    name: Text
    item: Id
    handling_items: tuple[Id, ...] = ()
    channel: Id
    aim: Literal["apply", "book"] = "apply"
    entry: Text
    summary: Text
    before: tuple[Text, ...] = ()
    screens: Annotated[tuple[Screen, ...], Field(min_length=1, max_length=12)]
    after: Annotated[tuple[Text, ...], Field(min_length=1)]
    validity: Validity = Validity()

"""What the interface takes and gives about benefits."""

from typing import Literal

from pydantic import Field

from knowledge_base.benefit_question import BenefitQuestion
from knowledge_base.outcome import Cited, DroppedFact, KnownFact

from .payloads import Facts, Link, Payload

AudienceName = Literal["person", "business"]


class BenefitRequest(Payload):
    """Without `audience` the fact of that name decides; without both all benefits are matched."""

    audience: AudienceName | None = None
    facts: Facts = Field(default_factory=dict)


class BenefitMissingFact(Payload):
    """`asked`: it was answered with 「不清楚」."""

    fact: str
    label: str
    question: str
    asked: bool


class BenefitConditionShown(Payload):
    """`missing_fact`: what has to be known to decide it; more than one where several are open."""

    text: str
    verdict: Literal["met", "missing", "failed"]
    clause: Cited | None
    missing_fact: list[BenefitMissingFact]
    data_source: str
    hint: str


class BenefitParts(Payload):
    """What a benefit is, independent of who asks. `amount` says that the official notice rules where no source fixes it."""

    who: str
    amount: str
    paid: str
    deadline: str
    apply: str
    apply_item: Link | None
    entitlement: Literal["automatic", "fast", "ordinary"]
    entitlement_label: str
    reason: str


class BenefitConditionTold(Payload):
    text: str
    clause: Cited | None
    data_source: str
    hint: str


class BenefitPart(BenefitParts):
    """The benefit on a policy's page."""

    conditions: list[BenefitConditionTold]


class BenefitMatchShown(BenefitParts):
    id: str
    title: str
    summary: str
    verdict: Literal["qualifies", "unknown", "not"]
    conditions: list[BenefitConditionShown]
    source: list[Cited]


class BenefitResponse(Payload):
    """`question` None: nothing is left that could decide more. `matches` in order: qualifies, unknown (nearest first), not."""

    question: BenefitQuestion | None
    matches: list[BenefitMatchShown]
    facts: list[KnownFact]
    dropped: list[DroppedFact]
    notice: str

"""Service item → handling item → situation."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .common import Basis, FactId, Id, Many, Record, Scalar, Text, Validity, When


class Audience(StrEnum):
    PERSON = "person"
    BUSINESS = "business"


class Submission(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFERRABLE = "deferrable"
    COMMITMENT = "commitment"
    EXEMPT = "exempt"


class OutcomeKind(StrEnum):
    HANDLE = "handle"
    NOT_NEEDED = "not_needed"
    NOT_ELIGIBLE = "not_eligible"
    OTHER_ITEM = "other_item"


class Option(Record):
    """A choice value, yes/no, or a range of a quantity; `share` is how often it is the answer (relative weight)."""

    value: Scalar | None = None
    range: str | None = None
    label: str = ""
    share: Annotated[float, Field(gt=0)] = 1.0
    hint: str = ""


class Question(Record):
    """Asks one fact. Options default to all values of the fact; a quantity needs its ranges."""

    fact: FactId
    text: str = ""
    why: str = ""
    options: tuple[Option, ...] = ()


class MaterialUse(Record):
    """A material of the catalogue as one item needs it. `when` is the situations in which it is needed."""

    material: Id
    reason: Text
    when: When = Field(default_factory=dict)
    submission: Submission = Submission.REQUIRED
    originals: Annotated[int, Field(ge=0, le=20)] = 1
    copies: Annotated[int, Field(ge=0, le=20)] = 0
    form: Literal["paper", "electronic", "both"] = "both"
    notes: str = ""
    acceptance: str = ""
    basis: Basis | None = None


class Condition(Record):
    text: Text
    when: When = Field(default_factory=dict)
    basis: Basis | None = None


class Step(Record):
    name: Text
    text: str = ""
    office: str = ""
    days: Annotated[float, Field(ge=0)] | None = None
    unit: Literal["working_days", "days"] = "working_days"
    result: str = ""
    when: When = Field(default_factory=dict)


class FeeLine(Record):
    """`amount` in yuan; None where it depends on the case, told in `text`."""

    name: Text
    amount: Annotated[Decimal, Field(ge=0)] | None = None
    unit: str = "元"
    text: str = ""
    reduction: str = ""
    when: When = Field(default_factory=dict)
    basis: Basis | None = None


class Fee(Record):
    """`charged` None: no source is known. Lines whose `when` fails do not apply; none left means free in that situation."""

    charged: bool | None = None
    lines: Many[FeeLine] = ()
    basis: Basis | None = None
    online_payment: bool | None = None
    note: str = ""


class Limit(Record):
    """`number` 0: at once. `kind` promised may not exceed statutory."""

    kind: Literal["statutory", "promised"]
    number: Annotated[float, Field(ge=0)]
    unit: Literal["working_days", "days", "months", "hours"] = "working_days"
    note: str = ""
    when: When = Field(default_factory=dict)
    basis: Basis | None = None


class SpecialProcedure(Record):
    """Time that does not count into the limit: expert review, hearing, announcement."""

    name: Text
    days: float | None = None
    unit: Literal["working_days", "days"] = "working_days"
    note: str = ""


class Visits(Record):
    number: Annotated[int, Field(ge=0, le=9)]
    reason: str = ""
    when: When = Field(default_factory=dict)


class Online(Record):
    """Where it can be done without coming. `url` stays empty without a source."""

    where: tuple[str, ...] = ()
    url: str = ""
    mobile_url: str = ""
    depth: Literal["", "consult", "submit", "full"] = ""
    note: str = ""


class Result(Record):
    name: Text
    kind: Literal["certificate", "approval", "filing", "payment", "other"] = "other"
    validity: str = ""
    sample: str = ""


class SpecialOutcome(Record):
    """An end that is not handling: first match wins, before any handling item."""

    kind: Literal[OutcomeKind.NOT_NEEDED, OutcomeKind.NOT_ELIGIBLE, OutcomeKind.OTHER_ITEM]
    when: When
    text: Text
    target: Id | None = None
    basis: Basis | None = None


class Details(Record):
    """What an item may say for all its handling items, and a handling item for itself (lists add up, the rest overrides)."""

    case_type: Literal["immediate", "promised"] | None = None
    conditions: Many[Condition] = ()
    materials: Many[MaterialUse] = ()
    steps: Many[Step] = ()
    fee: Fee | None = None
    limits: Many[Limit] = ()
    special_procedures: Many[SpecialProcedure] = ()
    visits: Many[Visits] = ()
    forms: tuple[Literal["window", "online", "mobile", "mail", "self_service"], ...] = ()
    online: Online | None = None
    result: Result | None = None
    notes: tuple[str, ...] = ()


class HandlingItem(Details):
    """新办, 变更, 补领, 注销 …: chosen by `when`; exactly one fits every complete set of answers."""

    id: Id
    name: Text
    code: str = ""
    when: When = Field(default_factory=dict)
    aliases: tuple[str, ...] = ()


class Implementation(Record):
    """What differs by district. `code` is the 31-character one; empty fields come from the department and the places."""

    department: str = ""
    code: str = ""
    places: tuple[Id, ...] = ()
    phones: tuple[str, ...] = ()
    note: str = ""


class ServiceItem(Details):
    """What the state offers. `handled_at` is the kind of place that takes it in every region without an implementation."""

    id: Id
    name: Text
    aliases: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    summary: Text
    basic_code: Annotated[str, StringConstraints(pattern=r"^([0-9A-Z]{12})?$")] = ""
    item_type: Literal["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"]
    level: Literal["1", "2", "3", "4", "5", "6"] = "4"
    audiences: tuple[Audience, ...]
    topics: tuple[Id, ...]
    life_events: tuple[Id, ...] = ()
    department: Id
    joint_departments: tuple[Id, ...] = ()
    legal_basis: Many[Basis]
    scope: Literal["nation", "province", "city", "county"] = "county"
    appointment: bool | None = None
    express: bool | None = None
    questions: tuple[Question, ...] = ()
    outcomes: tuple[SpecialOutcome, ...] = ()
    handling_items: Annotated[tuple[HandlingItem, ...], Field(min_length=1)]
    handled_at: Id = "service-center"
    implementations: dict[str, Implementation] = Field(default_factory=dict)
    next_items: tuple[Id, ...] = ()
    popularity: Annotated[float, Field(ge=0, le=1)] = 0.3
    validity: Validity = Validity()

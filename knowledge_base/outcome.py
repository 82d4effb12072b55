"""What navigation gives back: the next question, or the outcome a person can act on. Plain text in Chinese."""

from datetime import date
from typing import Literal

from .schema import OutcomeKind, Record, Submission
from .schema.common import FactValue

Kind = Literal["item", "bundle"]


class AnswerOption(Record):
    """`id` is an opaque token that names target, question and option; `value` is what facts take for it."""

    id: str
    label: str
    value: FactValue
    hint: str = ""


class AskedQuestion(Record):
    """`remaining` is the expected number of questions still to be asked, this one included."""

    fact: str
    type: str
    text: str
    why: str
    help: str = ""
    unit: str = ""
    options: tuple[AnswerOption, ...]
    remaining: float


class KnownFact(Record):
    """A fact in use, as a person would read it."""

    fact: str
    label: str
    value: FactValue
    answer: str


class DroppedFact(Record):
    """A given fact that was not used, and why."""

    fact: str
    reason: str


class Cited(Record):
    """A source as shown: title, number, clause, date in force."""

    title: str
    number: str = ""
    article: str = ""
    gist: str = ""
    effective: date | None = None
    url: str = ""


class NeededMaterial(Record):
    """`conditional` says when it is needed where an answer is unknown; `items` names who asks for it in a bundle."""

    id: str
    name: str
    reason: str
    submission: Submission
    submission_label: str
    originals: int
    copies: int
    form: str
    copies_text: str
    issuer: str = ""
    how_to_get: str = ""
    notes: str = ""
    conditional: str = ""
    items: tuple[str, ...] = ()


class FeeShown(Record):
    """`total` in yuan where every line has an amount; `charged` None: not known."""

    charged: bool | None
    total: float | None
    text: str
    lines: tuple[str, ...] = ()
    basis: tuple[Cited, ...] = ()


class LimitShown(Record):
    """Days as published; `text` says both limits and what does not count, for a bundle the total with `details` of each
    item. `working_days` is what a bundle's total is added up from."""

    text: str
    details: tuple[str, ...] = ()
    statutory: str = ""
    promised: str = ""
    working_days: float | None = None
    basis: tuple[Cited, ...] = ()


class VisitsShown(Record):
    number: int | None
    reason: str = ""
    text: str


class PlaceShown(Record):
    id: str
    name: str
    region: str
    region_name: str
    department: str
    address: str
    hours: str
    phones: tuple[str, ...]
    note: str = ""


class StepShown(Record):
    name: str
    text: str = ""
    office: str = ""
    time: str = ""
    result: str = ""


class OnlineShown(Record):
    available: bool
    text: str
    where: tuple[str, ...] = ()
    url: str = ""
    mobile_url: str = ""


class RehearsalShown(Record):
    """An online application that can be practised, and the channel where the real one is."""

    id: str
    title: str
    channel: str


class Outcome(Record):
    """One end of navigation. For a bundle `parts` holds each item's own outcome, in the order to do them."""

    kind: OutcomeKind
    target: str
    target_kind: Kind
    title: str
    handling_item: str = ""
    handling_item_id: str = ""
    code: str = ""
    situation: str
    explanation: str = ""
    other_item: str = ""
    other_item_title: str = ""
    facts: tuple[KnownFact, ...] = ()
    region: str = ""
    region_name: str = ""
    conditions: tuple[str, ...] = ()
    materials: tuple[NeededMaterial, ...] = ()
    fee: FeeShown
    limit: LimitShown
    visits: VisitsShown
    places: tuple[PlaceShown, ...] = ()
    steps: tuple[StepShown, ...] = ()
    online: OnlineShown
    rehearsals: tuple[RehearsalShown, ...] = ()
    forms: tuple[str, ...] = ()
    result: str = ""
    result_validity: str = ""
    department: str = ""
    consultation_phone: str = ""
    complaint_phone: str = ""
    notes: tuple[str, ...] = ()
    source: tuple[Cited, ...] = ()
    effective: date | None = None
    notice: str = ""
    parts: tuple["Outcome", ...] = ()
    why: str = ""


class Step(Record):
    """The answer of navigation: a question or an outcome, never both; what was used and what was dropped."""

    target: str
    target_kind: Kind
    title: str
    question: AskedQuestion | None = None
    outcome: Outcome | None = None
    facts: tuple[KnownFact, ...] = ()
    dropped: tuple[DroppedFact, ...] = ()
    state: str = ""


Outcome.model_rebuild()

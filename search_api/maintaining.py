"""Payloads of the maintainers' routes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from knowledge_base.lint.records import RecordProblem
from knowledge_base.problems import Severity
from knowledge_base.store import Version

from .accounts import Role
from .payloads import Facts, Payload, TargetId

RecordKind = Literal[
    "city", "fact", "source", "material", "item", "bundle", "faq", "policy", "place", "rehearsal",
    "synonym", "curation", "denial",
]  # fmt: skip
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Body = Annotated[dict[str, Any], Field(max_length=80)]


TITLE_PHRASES = 3


class SignIn(Payload):
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Me(Payload):
    name: str
    role: Role
    may: list[str]


class NewUser(SignIn):
    role: Role


class UserChange(Payload):
    role: Role | None = None
    disabled: bool | None = None


class UserShown(Payload):
    name: str
    role: Role
    disabled: bool


class VersionShown(Payload):
    """`body` only where one version is looked at."""

    id: int
    kind: str
    record: str
    title: str
    number: int
    state: str
    author: str
    reason: str
    created_at: datetime
    base: int | None
    origin: str
    reviewer: str | None
    review_note: str
    reviewed_at: datetime | None
    publish_at: datetime | None
    expire_at: datetime | None
    published_at: datetime | None
    retired_at: datetime | None
    body: dict[str, Any] | None = None


class RecordRow(Payload):
    """A line of the list: what is served, whether something waits, and what the linter says with open drafts in place."""

    kind: str
    id: str
    title: str
    number: int
    state: str
    author: str
    changed_at: datetime
    open_state: str = ""
    errors: int
    warnings: int
    notices: int
    rules: list[str]


class RuleCount(Payload):
    """`records` are those in which the linter's rule finds something."""

    rule: str
    severity: Severity
    about: str
    records: int


class RecordRows(Payload):
    """`rules` counts over the whole list, whatever severity or rule it is narrowed to."""

    total: int
    records: list[RecordRow]
    rules: list[RuleCount]


class AuditShown(Payload):
    at: datetime
    who: str
    action: str
    version: int | None
    why: str


class RecordShown(Payload):
    """`newest` is what an edit builds on: its id is the `base` to send. `problems` are of it, among all open drafts."""

    kind: str
    id: str
    published: VersionShown | None
    newest: VersionShown
    history: list[VersionShown]
    audit: list[AuditShown]
    problems: list[RecordProblem]


class FieldChangeShown(Payload):
    path: str
    before: Any
    after: Any


class OutcomeChangeShown(Payload):
    target: str
    title: str
    situation: str
    changes: list[FieldChangeShown]


class Checked(Payload):
    """What a candidate would change, and what is wrong with it. `invalid` names fields that are no record at all;
    `elsewhere` are problems that it would bring to other records."""

    invalid: list[str]
    problems: list[RecordProblem]
    elsewhere: list[RecordProblem]
    fields: list[FieldChangeShown]
    outcomes: list[OutcomeChangeShown]


class Candidate(Payload):
    kind: RecordKind
    body: Body


class Draft(Candidate):
    reason: Reason
    base: int | None = None


class Target(Candidate):
    """An item or bundle as it would be with this candidate."""

    target: TargetId


class Try(Target):
    """A live try-out."""

    facts: Facts = Field(default_factory=dict)


class DistrictColumnShown(Payload):
    region: str
    name: str
    item: str


class DistrictRowShown(Payload):
    """`values` has the lines of each column, empty where no source is known. `own`: a division may decide it."""

    field: str
    label: str
    own: bool
    agrees: bool
    values: list[list[str]]


class DistrictsShown(Payload):
    """An item in every division; `columns` name another item where a division keeps its own of the same name."""

    target: str
    title: str
    columns: list[DistrictColumnShown]
    rows: list[DistrictRowShown]


class FactValueShown(Payload):
    value: str
    label: str


class FactShown(Payload):
    """`values` of a choice, a region, a yes/no (`true`, `false`); others have none."""

    id: str
    label: str
    type: str
    unit: str
    values: list[FactValueShown]


class Vocabulary(Payload):
    """What a field may refer to. `names` is kind → id → name; kinds are those of records, and the city's catalogues."""

    facts: list[FactShown]
    names: dict[str, dict[str, str]]


class Note(Payload):
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Publish(Payload):
    versions: Annotated[list[int], Field(min_length=1, max_length=5000)]
    at: AwareDatetime | None = None


class Expire(Payload):
    why: Reason
    at: AwareDatetime | None = None


class RollBack(Payload):
    number: Annotated[int, Field(ge=1)]
    why: Reason


class Published(Payload):
    """`revision` None: scheduled."""

    revision: int | None


TITLE_FIELDS = {"name", "title", "question", "label", "queries", "said", "phrases", "id"}


def title_of(body: dict[str, Any]) -> str:
    named = body.get("name") or body.get("title") or body.get("question") or body.get("label")
    said = body.get("queries") or body.get("said") or body.get("phrases")
    listed = "、".join(map(str, said[:TITLE_PHRASES])) if isinstance(said, list) else ""
    return str(named or listed or body.get("id", ""))


def shown(version: Version, with_body: bool = False) -> VersionShown:
    names = set(VersionShown.model_fields) - {"title", "body"}
    values = {name: getattr(version, name) for name in names}
    return VersionShown(title=title_of(version.body), body=version.body if with_body else None, **values)

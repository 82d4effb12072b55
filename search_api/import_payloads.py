"""Payloads of importing and exporting."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from knowledge_base.exchange.mapping import Mapping
from knowledge_base.problems import Severity

from .maintaining import FieldChangeShown, OutcomeChangeShown
from .payloads import Payload

ImportKind = Literal["item", "faq", "material", "place"]
ExportFormat = Literal["xlsx", "csv", "json", "jsonl", "docx", "yaml"]
MappingName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class ImportField(Payload):
    """A field that a column may hold; `required` names the record."""

    field: str
    label: str
    required: bool


class ImportFields(Payload):
    """Kind of record → its fields."""

    kinds: dict[ImportKind, list[ImportField]]
    formats: list[str]


class SavedMapping(Payload):
    name: str
    mapping: Mapping
    who: str
    at: datetime


class ImportColumn(Payload):
    """`field` is one of the kind's, `note:LABEL` (kept as a note) or `raw` (only in the report); `how` it was found; `score` 0–1."""

    table: str
    kind: str
    index: int
    letter: str
    header: str
    field: str
    how: str
    score: float
    samples: list[str]


class ImportIssue(Payload):
    """`row` as the spreadsheet counts, 0: the whole table."""

    severity: Severity
    rule: str
    message: str
    table: str
    row: int
    column: str
    value: str


class RuleIssues(Payload):
    severity: Severity
    rule: str
    count: int


class ImportDefects(Payload):
    """What the linter would find that it does not find now; `places` are the first."""

    severity: Severity
    rule: str
    about: str
    count: int
    records: int
    places: list[dict[str, Any]]


class ImportChange(Payload):
    kind: str
    id: str
    name: str
    action: Literal["created", "updated", "unchanged"]
    table: str
    row: int
    fields: list[FieldChangeShown]


class ImportPreview(Payload):
    """Nothing is kept. `state` is what apply wants back; `changes`, `issues` and `outcomes` are the first of many."""

    filename: str
    format: str
    encoding: str
    rows: int
    importable: bool
    created: int
    updated: int
    unchanged: int
    mapping: Mapping
    columns: list[ImportColumn]
    issue_counts: list[RuleIssues]
    issues: list[ImportIssue]
    changes: list[ImportChange]
    defects: list[ImportDefects]
    outcomes: list[OutcomeChangeShown]
    state: str


class ImportApplied(Payload):
    """`drafts` are ids of versions that wait for review; nothing is published."""

    written: int
    unchanged: int
    drafts: list[int]
    defects: list[ImportDefects]


class ImportAsked(Payload):
    """The query of both routes. `mapping` is the name of a saved one."""

    filename: Annotated[str, Field(min_length=1, max_length=200)]
    kind: ImportKind | None = None
    mapping: Annotated[str, Field(max_length=80)] = ""

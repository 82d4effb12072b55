"""Base model and the small parts that several records share."""

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
"""Unique across kinds, never reused."""

FactId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=6000)]

FactValue = bool | float | str
"""A known fact: a choice value, a number in the fact's unit, an ISO date, a region code, yes/no; or `UNKNOWN`."""

UNKNOWN = "unknown"

Scalar = bool | int | float | str


def as_list(value: Any) -> Any:
    """A single entry may be written without the list around it."""
    return value if isinstance(value, list) or value is None else [value]


T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(as_list)]

When = dict[FactId, Many[Scalar]]
"""All facts must hold; of a fact's list any value or range (`"<=50"`, `">50 <=200"`) may match. Empty: always."""


class Record(BaseModel):
    """Immutable; an unknown field is an error, so that a misspelt one is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(Record):
    """Where a statement comes from: an entry of sources/ and the clause in it."""

    source: Id
    article: str = ""
    gist: str = ""


class Source(Record):
    """A law, regulation, standard or plan that facts are cited from."""

    id: Id
    title: Text
    number: str = ""
    issuer: str = ""
    kind: str = "law"
    effective: date | None = None
    expires: date | None = None
    url: str = ""
    note: str = ""


class Validity(Record):
    """Dates between which a record is served, and whether somebody compared it with the official publication."""

    effective: date = date(2022, 1, 1)
    expires: date | None = None
    checked_on: date | None = None
    checked_by: str = ""

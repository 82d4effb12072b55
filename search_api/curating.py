"""Payloads of the maintainers' routes on the search itself."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .maintaining import Candidate, Draft, RecordRow
from .payloads import Kind, Link, Payload, SearchResult

SearchKind = Literal["synonym", "curation", "denial"]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class CurationRow(RecordRow):
    """`says` is what the record does, in one line."""

    says: str


class BundledSynonym(Payload):
    said: list[str]
    official: list[str]


class CurationRows(Payload):
    """`bundled`: synonyms that came with the program and have the words looked for."""

    curations: list[CurationRow]
    bundled: list[BundledSynonym]


class Touched(Payload):
    """Records that have a phrase in their text: `total` of `all`, the first of them as links."""

    phrase: str
    total: int
    all: int
    records: list[Link]


class CurationCandidate(Candidate):
    kind: SearchKind


class CurationDraft(Draft):
    kind: SearchKind


class CurationTry(CurationCandidate):
    """A search with the candidate in place of what is published under its id."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    filter: Kind | None = None
    region: Annotated[str | None, Field(max_length=40)] = None
    near: Annotated[str | None, Field(max_length=40)] = None
    audience: Annotated[str | None, Field(max_length=20)] = None


class CurationTried(Payload):
    """`before` is what people get now, `after` what they would get; `excluded` would be left out."""

    before: SearchResult
    after: SearchResult
    excluded: list[Link]
    suggestions_before: list[str]
    suggestions_after: list[str]

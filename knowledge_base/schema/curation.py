"""What maintainers say of the search itself: synonyms, what stands first or is left out, what is never suggested."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .common import Id, Record, Validity
from .item import Audience

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Phrases = Annotated[tuple[Phrase, ...], Field(max_length=40)]
Match = Literal["exact", "contains", "terms"]


class Synonym(Record):
    """Whoever says one of `said` may mean any of `official`. `both_ways`: each of them all means the others, too.
    `instead`: the bundled list's meaning of what is said is dropped."""

    id: Id
    said: Annotated[Phrases, Field(min_length=1)]
    official: Phrases = ()
    both_ways: bool = False
    instead: bool = False
    note: str = ""
    validity: Validity = Validity()


class Curation(Record):
    """Records that stand first for a query, in this order, and records that are left out. `match`: the query without
    fillers is one of `queries`, contains it, or has all its
    words, which spaces divide. With `regions` or `audiences` only for those."""

    id: Id
    queries: Annotated[Phrases, Field(min_length=1)]
    match: Match = "exact"
    pinned: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    excluded: Annotated[tuple[Id, ...], Field(max_length=40)] = ()
    regions: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    note: str = ""
    validity: Validity = Validity()


class Denial(Record):
    """What is never suggested: anything with one of `phrases` in it. `lifted` takes phrases off the bundled list."""

    id: Id
    phrases: Phrases = ()
    lifted: Phrases = ()
    note: str = ""
    validity: Validity = Validity()

"""The one protocol that both engines keep. It knows terms, vectors, filters and stored documents, nothing of ranking:
weights, fusion, thresholds and texts stay above, so that the engines cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Protocol

import numpy as np

from .models import Document

LEXICAL_FIELDS = ("grams", "words", "sound")
FORMAT = "5"
"""Of what the engines store; one of another is built anew."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One term in one lexical field; its BM25 score is multiplied by `boost`."""

    field: str
    term: str
    boost: float


@dataclass(frozen=True, slots=True)
class Filter:
    """All given must hold; within one, any. Empty means no restriction. `documents` are ids."""

    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    documents: tuple[str, ...] | None = None

    def within(self, documents: Iterable[str]) -> Filter:
        return Filter(self.kinds, self.regions, self.audiences, self.departments, tuple(documents))


class UnitHit(NamedTuple):
    """A unit (piece of a document) found by one leg: BM25 sum, or cosine −1…1. Higher is better in both."""

    document: str
    unit: int
    score: float


class Facts(NamedTuple):
    """What ranking needs to know of a document without reading it whole. `group`: equal for one kind and name."""

    kind: str
    regions: tuple[str, ...]
    audiences: tuple[str, ...]
    department: str | None
    valid_from: date | None
    valid_to: date | None
    popularity: float
    group: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a document as the engines take it: terms by lexical field, spellings by sound, a unit vector or None."""

    number: int
    grams: tuple[str, ...]
    words: tuple[str, ...]
    sound: tuple[str, ...]
    spellings: tuple[str, ...]
    vector: np.ndarray | None


@dataclass(frozen=True, slots=True)
class Starter:
    """What a suggestion is found by: all `keys` (beginnings of the text, of its pinyin, of its initials)."""

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A document ready for an engine."""

    document: Document
    units: tuple[Unit, ...]
    starters: tuple[Starter, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """A suggestion found by one of its keys; better ones first."""

    text: str
    kind: str
    document: str
    popularity: float


class Engine(Protocol):
    """Reads one version of the index, whole; a publish in mid-search is not seen. Errors are those of `errors`."""

    @property
    def manifest(self) -> Manifest: ...

    @property
    def at_once(self) -> int:
        """How many searches may be under way together; more would only take turns."""

    def version(self) -> str: ...

    def refresh(self, wait: bool = False) -> None:
        """Go over to the newest published version, if there is a newer one. While another thread is at it, what is served is
        served on; with `wait`, the newest is served when this returns."""

    def lexical(self, clauses: Sequence[Clause], where: Filter, limit: int) -> list[UnitHit]:
        """Units that match any clause, by the sum of boost × BM25 over the matching clauses, best first. Where documents
        are given, at least the best unit of each."""

    def dense(self, vectors: np.ndarray, where: Filter, limit: int) -> list[UnitHit]:
        """Units by cosine to the nearest of the given unit vectors (float32, queries × dimension), best first. Where
        documents are given, at least the best unit of each."""

    def facts(self, documents: Sequence[str]) -> dict[str, Facts]: ...

    def documents(self, documents: Sequence[str]) -> dict[str, Document]:
        """Whole documents by id; unknown ids are absent."""

    def titles(self, documents: Sequence[str]) -> dict[str, str]:
        """Titles alone, by id; unknown ids are absent."""

    def spellings(self, keys: Sequence[str]) -> list[list[tuple[str, int]]]:
        """For each key (spelling.py), (word, number of units it occurs in) that the index has under it."""

    def suggest(self, key: str, limit: int) -> list[Started]: ...

    def digests(self, documents: Sequence[str] | None = None) -> dict[str, str]:
        """Digest by document id of everything served now, or of those of the given ones that are."""

    def close(self) -> None: ...


class Store(Protocol):
    """Writes an index. Both methods return once the result is on disk and served to new searches, or raise and leave
    the old version served."""

    def replace(self, records: Iterable[Record], manifest: Manifest) -> None:
        """Build everything anew beside what is served, then swap."""

    def change(self, changed: Iterable[Record], removed: Iterable[str], manifest: Manifest) -> None:
        """Replace and remove single documents in both legs at once."""

    def drop(self) -> None:
        """Delete the index and all its versions; nothing happens where there is none."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made with: `opening.check` tells whether this program may read it. `region_names` are the
    region values of documents with what people call them."""

    format: str
    analysis: str
    encoder: str | None
    dimension: int | None
    units: str
    region_names: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def reads_like(self, other: Manifest) -> bool:
        """Whether who reads the one may go over to the other."""
        return replace(self, region_names=()) == replace(other, region_names=())

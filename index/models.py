"""What goes into the index and what comes out of it: plain values, no engine and no HTTP in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

KINDS = ("item", "bundle", "faq", "policy", "material", "place")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document that is found by itself. `role`: title, alias, question, summary, condition, material,
    step, fee, text …; the id is unique within its document."""

    id: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that a person can look for. `department` is a display name; `popularity` is 0–1; dates bound when it
    may be served, both inclusive, None open."""

    id: str
    kind: str
    title: str
    summary: str = ""
    sections: tuple[Section, ...] = ()
    regions: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    department: str | None = None
    topics: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    popularity: float = 0.0

    def digest(self) -> str:
        """Changes exactly when anything in the document changes."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:24]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Document:
        raw = orjson.loads(text)
        raw["sections"] = tuple(Section(**s) for s in raw["sections"])
        for name in ("regions", "audiences", "topics", "life_events", "aliases"):
            raw[name] = tuple(raw[name])
        for name in ("valid_from", "valid_to"):
            raw[name] = date.fromisoformat(raw[name]) if raw[name] else None
        return cls(**raw)


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index is. With `elasticsearch_url` the engine is Elasticsearch and `path` keeps only the vector cache;
    without, everything is under `path`. Without `encoder_dir` search is lexical and says `degraded`.
    `name` prefixes the names of indices on a shared Elasticsearch; `api_key` and `ca_certs` are for a secured one."""

    path: Path
    elasticsearch_url: str | None = None
    encoder_dir: Path | None = None
    name: str = "govassist"
    api_key: str | None = field(default=None, repr=False)
    ca_certs: Path | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A document with the same name as a hit, collapsed under it."""

    id: str
    title: str
    regions: tuple[str, ...]
    department: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """`highlights` are (start, end) offsets into the field of that name, `title` or `snippet`. `why` explains the rank:
    terms, synonyms, rank and raw score in each leg, rules applied. `others` have the same kind
    and name; of a large `group` (all of them and this one) only the nearest."""

    id: str
    kind: str
    title: str
    snippet: str
    highlights: Mapping[str, tuple[tuple[int, int], ...]]
    score: float
    why: Mapping[str, Any]
    regions: tuple[str, ...] = ()
    group: int = 1
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`total` counts all hits that passed the cut, not only this page; `facets` how many of them each value would leave.
    `confidence` is the calibrated probability (0–1) that the first hit is what was asked for; `signals` are what it was
    judged by; `did_you_mean` is another spelling that was probably meant, searched beside what was typed and never put
    in its place; `timings` are milliseconds by step; `excluded` are documents that a curation left out."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    degraded: bool
    index_version: str
    took_ms: float
    confidence: float = 0.0
    signals: Mapping[str, float] = field(default_factory=dict)
    did_you_mean: str | None = None
    recognised: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Related:
    """`why` is a short Chinese phrase for people."""

    id: str
    kind: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How many documents were touched; `encoded` counts texts that had to be encoded anew."""

    created: int
    updated: int
    skipped: int
    deleted: int
    seconds: float
    sections: int = 0
    encoded: int = 0

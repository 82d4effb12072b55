"""What answering needs at hand: the city, navigation, the index, the reader of facts; and the numbers of answering.yaml."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from index import Hit, Index, SearchResult
from knowledge_base.city import City, Entity, Kind
from knowledge_base.navigation import Navigator

from .facts import FactReader, plain
from .numbers import numbers
from .quantities import Reading

_CLAUSES = re.compile(r"[，。！？；、,.!?;\s]+")


@cache
def answering() -> dict[str, Any]:
    """answering.yaml."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "answering.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Candidate:
    """Something found for a text. `confidence` is calibrated for the first of a list; the others carry their rank score."""

    id: str
    kind: Kind
    title: str


@dataclass(frozen=True)
class Found:
    """What a search came to, best first. `meant` is another spelling of the text to ask about, never put in its place."""

    candidates: tuple[Candidate, ...]
    confidence: float
    degraded: bool = False
    meant: str | None = None

    @property
    def first(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


class Desk:
    """Shared by all conversations; immutable but for the navigator's caches."""

    def __init__(self, city: City, index: Index) -> None:
        self.city = city
        self.index = index
        self.navigator = Navigator(city)
        self.reader = FactReader(city, index.match)

    def search(self, text: str, kinds: tuple[Kind, ...], region: str | None = None, limit: int = 5) -> Found:
        """Raises EngineUnavailable. Entities that the city no longer has are left out."""
        result: SearchResult = self.index.search(text, kinds=kinds, limit=limit)
        known = [h for h in result.hits if h.id in self.city.by_kind(_kind(h))]
        candidates = tuple(Candidate(h.id, _kind(h), h.title) for h in known)
        return Found(candidates, result.confidence if known else 0.0, result.degraded, result.did_you_mean)

    def search_stated(self, text: str, kinds: tuple[Kind, ...], facts: Iterable[Reading]) -> Found:
        """As `search`; where that is not sure, without the words that only state facts, and clause by clause, whatever is
        surest: 「我住盖州，老伴去世了，要办啥」 names its matter in one clause."""
        best = self.search(text, kinds)
        if best.confidence >= answering()["accept"]:
            return best
        bare = text
        for reading in facts:
            bare = bare.replace(reading.words, "")
        for number in numbers(text):
            bare = bare.replace(number.words, "")
        clauses = [c for c in _CLAUSES.split(bare) if len(c) >= answering()["shortest_clause"]]
        for variant in dict.fromkeys((bare, *clauses[: answering()["clauses"]])):
            if variant.strip() and variant != text:
                best = max(best, self.search(variant, kinds), key=lambda f: f.confidence)
        return best

    def entity(self, kind: Kind, id_: str) -> Entity | None:
        return self.city.by_kind(kind).get(id_)

    def title(self, target: str) -> str:
        """Name of an item or bundle; "" if there is none."""
        entity = self.city.items.get(target) or self.city.bundles.get(target)
        return entity.name if entity else ""

    def out_of_scope(self, text: str) -> bool:
        said = plain(text)
        return any(w in said for w in answering()["out_of_scope_words"])


def _kind(hit: Hit) -> Kind:
    kind: Any = hit.kind
    checked: Kind = kind
    return checked

"""Which of the names that begin as typed are suggested, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .engine import Engine, Facts, Started
from .grouping import steps_up
from .models import Suggestion
from .ranking import Suggestions
from .suggest_keys import keys_of

Names = tuple[tuple[Started, frozenset[str]], ...]


class UsedNames:
    """Names of what is used, with all their beginnings: of the thousands that begin with one character an engine gives only
    the first, and what is used must be among those looked at."""

    def __init__(self) -> None:
        self._version = ""
        self._names: dict[str, Names] = {}

    def follow(self, used: Mapping[str, float], engine: Engine) -> None:
        """Cheap where the same documents are used as before. Raises EngineUnavailable."""
        kept = self._names if engine.version() == self._version else {}
        fresh = engine.documents([d for d in used if d not in kept])
        made = {
            d.id: tuple(
                (Started(name, d.kind, d.id, d.popularity), frozenset(keys_of(name)))
                for name in dict.fromkeys((d.title, *d.aliases))
            )
            for d in fresh.values()
        }
        self._version, self._names = (
            engine.version(),
            {d: kept.get(d) or made[d] for d in used if d in kept or d in made},
        )

    def beginning_with(self, typed: str) -> list[Started]:
        return [name for names in self._names.values() for name, keys in names if typed in keys]


def nearness(facts: Mapping[str, Facts], near: Sequence[str]) -> dict[str, float]:
    """1 for what holds in the caller's own region, less with each step up from it, 0 for what holds elsewhere only."""
    steps = {document: steps_up(known.regions, near) for document, known in facts.items()}
    return {document: 1 / (1 + step) if step < len(near) else 0.0 for document, step in steps.items()}


def chosen(
    found: Sequence[Started],
    used: Mapping[str, float],
    numbers: Suggestions,
    limit: int,
    close: Mapping[str, float],
) -> list[Suggestion]:
    """The best name of each document, the best document of each name; those of one kind together, in the order of each
    kind's best."""
    most = max((used.get(e.document, 0.0) for e in found), default=0.0) or 1.0
    best: dict[str, Started] = {}
    for entry in found:
        best.setdefault(entry.document, entry)
    worth = {
        d: e.popularity + numbers.usage * used.get(d, 0.0) / most + numbers.near * close.get(d, 0.0)
        for d, e in best.items()
    }
    ordered = sorted(best.values(), key=lambda e: -worth[e.document])
    ordered = list({(e.kind, e.text): e for e in reversed(ordered)}.values())[::-1][:limit]
    kinds = list(dict.fromkeys(e.kind for e in ordered))
    ordered.sort(key=lambda e: kinds.index(e.kind))
    return [Suggestion(e.text, e.kind, e.document) for e in ordered]

"""Which of the names that begin as typed are suggested, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .engine import Engine, Facts, Started
from .grouping import steps_up
from .models import Document, Suggestion
from .ranking import Suggestions
from .suggest_keys import keys_of


class _Named(NamedTuple):
    """`names` with all the beginnings of each."""

    document: Document
    names: tuple[tuple[Started, frozenset[str]], ...]


class UsedNames:
    """Names of what is used, with all their beginnings: of the thousands that begin with one character an engine gives only
    the first, and what is used must be among those looked at."""

    def __init__(self) -> None:
        self._version = ""
        self._named: dict[str, _Named] = {}

    def follow(self, used: Mapping[str, float], engine: Engine) -> None:
        """Cheap where the same documents are used as before, whatever else was published. Raises EngineUnavailable."""
        version, named = engine.version(), self._named
        known = {d: entry.document for d, entry in named.items()} if version == self._version else {}
        known |= engine.documents([d for d in used if d not in known])
        self._version, self._named = version, {d: _named(known[d], named.get(d)) for d in used if d in known}

    def beginning_with(self, typed: str) -> list[Started]:
        return [name for entry in self._named.values() for name, keys in entry.names if typed in keys]


def _named(document: Document, before: _Named | None) -> _Named:
    """Beginnings by sound cost half a millisecond a document, and two hundred are kept: those of before, where it is the same."""
    if before and before.document == document:
        return before
    names = dict.fromkeys((document.title, *document.aliases))
    return _Named(
        document,
        tuple(
            (Started(name, document.kind, document.id, document.popularity), frozenset(keys_of(name))) for name in names
        ),
    )


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

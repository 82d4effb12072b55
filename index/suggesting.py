"""Which of the names that begin as typed are suggested, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .engine import Started
from .models import Suggestion
from .ranking import Suggestions


def chosen(found: Sequence[Started], used: Mapping[str, float], numbers: Suggestions, limit: int) -> list[Suggestion]:
    """The best name of each document; documents of one kind together, in the order of each kind's best."""
    most = max((used.get(e.document, 0.0) for e in found), default=0.0) or 1.0
    best: dict[str, Started] = {}
    for entry in found:
        best.setdefault(entry.document, entry)
    worth = {d: e.popularity + numbers.usage * used.get(d, 0.0) / most for d, e in best.items()}
    ordered = sorted(best.values(), key=lambda e: -worth[e.document])[:limit]
    kinds = list(dict.fromkeys(e.kind for e in ordered))
    ordered.sort(key=lambda e: kinds.index(e.kind))
    return [Suggestion(e.text, e.kind, e.document) for e in ordered]

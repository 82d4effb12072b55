"""What a snapshot has read of documents that were found: the same ones are found again and again, also after an edit of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..engine import Facts
from ..models import Document

T = TypeVar("T")

_FACTS_KEPT, _BODIES_KEPT = 20_000, 2_000


@dataclass(frozen=True)
class Known:
    facts: dict[str, Facts] = field(default_factory=dict)
    bodies: dict[str, Document] = field(default_factory=dict)

    def facts_of(self, documents: Sequence[str], read: Callable[[list[str]], dict[str, Facts]]) -> dict[str, Facts]:
        return _remembered(self.facts, documents, read, _FACTS_KEPT)

    def bodies_of(
        self, documents: Sequence[str], read: Callable[[list[str]], dict[str, Document]]
    ) -> dict[str, Document]:
        return _remembered(self.bodies, documents, read, _BODIES_KEPT)

    def without(self, changed: Iterable[str]) -> Known:
        """For the next snapshot. Copied at once, since searches go on adding."""
        kept = Known(self.facts.copy(), self.bodies.copy())
        for document in changed:
            for known in (kept.facts, kept.bodies):
                known.pop(document, None)
        return kept


def _remembered(
    known: dict[str, T], documents: Sequence[str], read: Callable[[list[str]], dict[str, T]], most: int
) -> dict[str, T]:
    """Of those that there are, by id. What was not known is read, and kept while there is room."""
    found = {d: held for d in documents if (held := known.get(d)) is not None}
    if len(found) < len(documents):
        fresh = read([d for d in documents if d not in found])
        if len(known) > most:
            known.clear()
        known.update(fresh)
        found |= fresh
    return found

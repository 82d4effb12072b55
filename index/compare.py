"""Whether two indexes serve the same: documents by digest, and the first hits of many queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from .facade import Index
from .models import Document

FIRST = 10
"""Hits of a query that are compared."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """`overlap` is the mean share of the first hits that both have, 0–1; `apart` are the queries that differ most, with
    their share."""

    documents: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    differing: tuple[str, ...]
    queries: int
    overlap: float
    at_least: float
    apart: tuple[tuple[str, float], ...] = ()

    @property
    def same(self) -> bool:
        return not (self.missing or self.extra or self.differing) and self.overlap >= self.at_least


def compare(
    here: Mapping[str, str],
    there: Mapping[str, str],
    shares: Mapping[str, float],
    at_least: float,
) -> Comparison:
    """Of digests by document id and shares by query. Without a query only documents are compared."""
    return Comparison(
        documents=len(here),
        missing=tuple(d for d in here if d not in there),
        extra=tuple(d for d in there if d not in here),
        differing=tuple(d for d, digest in here.items() if there.get(d, digest) != digest),
        queries=len(shares),
        overlap=round(sum(shares.values()) / len(shares), 4) if shares else 1.0,
        at_least=at_least,
        apart=tuple(sorted(((q, s) for q, s in shares.items() if s < 1), key=lambda entry: entry[1])[:_SHOWN]),
    )


def overlaps(
    one: Index, other: Index, queries: Iterable[str], said: Callable[[int], None] | None = None
) -> dict[str, float]:
    """Share of the first hits that both indexes give, by query; 1 where neither finds anything. As many at a time as the one
    that takes more may have under way: while one waits for a server another computes."""
    distinct = list(dict.fromkeys(queries))
    found: dict[str, float] = {}
    with ThreadPoolExecutor(max(one.at_once, other.at_once)) as several:
        for query, share in zip(distinct, several.map(partial(_overlap, one, other), distinct), strict=True):
            found[query] = share
            if said:
                said(len(found))
    return found


def _overlap(one: Index, other: Index, query: str) -> float:
    ours = {hit.id for hit in one.search(query, limit=FIRST).hits}
    theirs = {hit.id for hit in other.search(query, limit=FIRST).hits}
    return len(ours & theirs) / max(len(ours), len(theirs), 1) if ours or theirs else 1.0


def queries_of(documents: Sequence[Document], count: int) -> list[str]:
    """What people would type: names, other names and questions, spread evenly over the documents."""
    texts = [
        text
        for document in documents
        for text in (
            *document.aliases,
            *(section.text for section in document.sections if section.role in ("alias", "question")),
            document.title,
        )
    ]
    distinct = list(dict.fromkeys(texts))
    step = max(1, len(distinct) / count) if count else 1
    return [distinct[int(n * step)] for n in range(min(count, len(distinct)))]

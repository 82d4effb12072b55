"""How a found document is shown: which passage, and where the query's words stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import analysis
from .fusion import Candidate
from .models import Document
from .query import Query
from .units import NAMES, Piece, pieces

SNIPPET_CHARACTERS = 120
SHORTEST_SNIPPET = 12
"""A shorter passage (a result's name, a fee) tells nothing by itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`role` is that of the section quoted; `matched` are the query's words that occur, in the order of the query."""

    snippet: str
    role: str
    highlights: dict[str, tuple[tuple[int, int], ...]]
    matched: list[str]


def show(document: Document, words: Sequence[str], candidate: Candidate, window: int) -> Shown:
    """`words` are the query's `wanted_words`. Quotes the unit that the lexical leg found (the dense one's else); a unit that is
    only a name gives way to the summary, which says more than the title again."""
    parts = pieces(document, window)
    leg = candidate.lexical or candidate.dense
    piece = parts[leg.unit] if leg and leg.unit < len(parts) else parts[0]
    if piece.role in NAMES or len(piece.shown) < SHORTEST_SNIPPET:
        piece = next((p for p in parts if p.role == "summary"), _other(parts, piece))
    snippet = clip(piece.shown, words)
    highlights = {"title": spans(document.title, words), "snippet": spans(snippet, words)}
    text = analysis.fold(f"{document.title}\n{piece.shown}")
    return Shown(snippet, piece.role, highlights, [w for w in words if w in text])


def wanted_words(query: Query) -> list[str]:
    """Words to mark: those typed, repaired and synonymous, without single characters unless nothing else was typed."""
    texts = [query.core, query.repaired or "", *(o for s in query.synonyms for o in s.official)]
    words = list(dict.fromkeys(w for t in texts for w in analysis.words(t)))
    return [w for w in words if len(w) > 1] or words


def spans(text: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """(start, end) of every occurrence of a word in the text as written, overlaps joined, in order."""
    folded, origin = analysis.fold_with_offsets(text)
    found = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((origin[at], origin[at + len(word) - 1] + 1))
            at = folded.find(word, at + 1)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def clip(text: str, words: Iterable[str]) -> str:
    """At most SNIPPET_CHARACTERS of the text on one line, around the first word that occurs."""
    line = " ".join(text.split())
    if len(line) <= SNIPPET_CHARACTERS:
        return line
    first = min((start for start, _ in spans(line, words)), default=0)
    start = max(0, min(first - SNIPPET_CHARACTERS // 4, len(line) - SNIPPET_CHARACTERS))
    end = start + SNIPPET_CHARACTERS
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")


def _other(parts: list[Piece], piece: Piece) -> Piece:
    return next((p for p in parts if p.role not in NAMES), piece)

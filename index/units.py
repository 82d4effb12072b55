"""Documents → the units that engines index. A unit is found by itself; the best unit speaks for its document."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from . import analysis, spelling_keys
from .engine import Record, Unit
from .models import Document
from .ranking import Ranking
from .suggest_keys import starters_of

NAMES = ("title", "alias", "question")
_BREAK = re.compile(r"(?<=[。！？；\n])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit's text. `shown` is what a snippet may quote; `indexed` has the title before it, except for names."""

    role: str
    shown: str
    indexed: str


def pieces(document: Document, window: int) -> list[Piece]:
    """Names (title, aliases, questions) by themselves; everything else in windows of at most `window` characters that
    end at a sentence where one ends in time, each after the title. Never empty; equal texts once."""
    names = [("title", document.title), *(("alias", a) for a in document.aliases)]
    names += [(s.role, s.text) for s in document.sections if s.role in NAMES]
    found = [Piece(role, text.strip(), text.strip()) for role, text in names]
    bodies = [("summary", document.summary)]
    bodies += [(s.role, s.text) for s in document.sections if s.role not in NAMES]
    for role, text in bodies:
        found += [Piece(role, part, f"{document.title}\n{part}") for part in windows(text, window)]
    seen: dict[str, Piece] = {}
    for piece in found:
        if piece.indexed:
            seen.setdefault(piece.indexed, piece)
    return list(seen.values()) or [Piece("title", document.id, document.id)]


def windows(text: str, size: int) -> Iterator[str]:
    """Consecutive parts of at most `size` characters, cut after sentences, or hard where a sentence is longer."""
    text = text.strip()
    held = ""
    for sentence in _BREAK.split(text) if len(text) > size else (text,):
        if held and len(held) + len(sentence) > size:
            yield held.strip()
            held = ""
        held += sentence
        while len(held) > size:
            yield held[:size].strip()
            held = held[size:]
    if held.strip():
        yield held.strip()


def record_of(document: Document, parts: list[Piece], vectors: np.ndarray | None) -> Record:
    units = []
    for number, piece in enumerate(parts):
        terms = analysis.terms(piece.indexed)
        units.append(
            Unit(
                number=number,
                grams=terms.grams,
                words=terms.words,
                sound=terms.sound,
                spellings=tuple(spelling_keys.keys((*terms.words, *terms.grams))),
                vector=None if vectors is None else vectors[number],
            )
        )
    return Record(document, tuple(units), tuple(starters_of(document)))


def recipe(ranking: Ranking) -> str:
    """Changes when the same documents would be cut into other units."""
    return hashlib.sha256(json.dumps(ranking.units.model_dump(), sort_keys=True).encode()).hexdigest()[:12]


def texts_of(parts: Iterable[Piece]) -> list[str]:
    return [p.indexed for p in parts]

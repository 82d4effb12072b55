"""Documents whose name is, or begins with, what was typed: as text, as pinyin or as initials."""

from __future__ import annotations

from dataclasses import dataclass

from . import analysis
from .engine import Engine, Started
from .query import Query
from .suggest_keys import MAX_PINYIN_KEY, MAX_TEXT_KEY

_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Starting:
    """`share` of the name that was typed, 0–1: 1 when all of it was."""

    name: str
    share: float


def started(query: Query, engine: Engine) -> dict[str, Starting]:
    """By document; for ordinary text only whole names count, since everything begins with something."""
    found: dict[str, Starting] = {}
    for said in (query.letters,) if query.letters else dict.fromkeys((query.core, query.bare)):
        typed = "".join(analysis.runs(said)).replace("'", "")
        for entry in beginning_with(typed, engine, _LOOKED_AT):
            share = share_of(typed, entry.text)
            best = found[entry.document].share if entry.document in found else 0
            if (share == 1.0 or query.letters) and share > best:
                found[entry.document] = Starting(entry.text, share)
    return found


def beginning_with(typed: str, engine: Engine, limit: int) -> list[Started]:
    """Names one of whose beginnings was typed. Keys are stored up to a length; beyond it the name itself decides."""
    if not typed:
        return []
    longest = MAX_PINYIN_KEY if typed.isascii() else MAX_TEXT_KEY
    found = engine.suggest(typed[:longest], limit)
    if len(typed) <= longest:
        return found
    return [e for e in found if any(form.startswith(typed) for form in _forms(e.text))]


def share_of(typed: str, name: str) -> float:
    """How much of the name, of its pinyin or of its initials was typed, at best; 0 where none begins so."""
    forms = [form for form in _forms(name) if form]
    return max((len(typed) / len(form) for form in forms if form.startswith(typed)), default=0.0)


def _forms(name: str) -> tuple[str, str, str]:
    folded = "".join(analysis.runs(analysis.fold(name)))
    return (folded, *analysis.pinyin_of(folded))

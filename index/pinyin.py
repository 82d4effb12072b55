"""Chinese characters → toneless pinyin; letters typed without spaces → pinyin syllables."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from pypinyin import Style, constants, lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal


def read(run: str) -> list[str]:
    """Toneless pinyin of a run of Chinese characters, one a character, exactly as pypinyin reads it (tests prove it), at
    many times its speed: its own cutting into phrases, and each phrase read once."""
    beginnings, phrases = _beginnings(), constants.PHRASES_DICT
    found: list[str] = []
    at = 0
    while at < len(run):
        end, after = at + 1, at + 1
        while end < len(run) and run[at : end + 1] in beginnings:
            end += 1
            if run[at:end] in phrases:
                after = end
        if end == len(run) and after == at + 1:  # the rest begins a phrase and holds none: one by one, as pypinyin does
            for character in run[at:]:
                found += _phrase(character)
            break
        found += _phrase(run[at:after])
        at = after
    return found


@cache
def _beginnings() -> frozenset[str]:
    """Of two characters or more, of every phrase that pypinyin knows."""
    return frozenset(phrase[:end] for phrase in constants.PHRASES_DICT for end in range(2, len(phrase) + 1))


@lru_cache(maxsize=65536)
def _phrase(phrase: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(phrase, style=Style.NORMAL, errors=_spell, v_to_u=False))


def _spell(odd: str) -> Any:
    """A rare character without a reading stands for itself; pypinyin takes a list here, which its types leave out."""
    return list(odd)


@cache
def syllables() -> frozenset[str]:
    """Every toneless syllable that a character of the basic set has."""
    spoken = {reading for readings in constants.PINYIN_DICT.values() for reading in readings.split(",")}
    return frozenset(s for s in (to_normal(r, v_to_u=False) for r in spoken) if s.isascii() and s.isalpha())


@lru_cache(maxsize=4096)
def split(letters: str) -> tuple[str, ...]:
    """The fewest syllables that spell it whole, the longer first; empty where it is not pinyin."""
    known = syllables()
    longest = max(map(len, known))
    best: list[tuple[str, ...] | None] = [None] * (len(letters) + 1)
    best[len(letters)] = ()
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(len(letters), start + longest), start, -1):
            rest = best[end]
            if rest is not None and letters[start:end] in known:
                candidate = (letters[start:end], *rest)
                held = best[start]
                if held is None or len(candidate) < len(held):
                    best[start] = candidate
    return best[0] or ()

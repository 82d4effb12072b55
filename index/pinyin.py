"""Letters typed without spaces → pinyin syllables."""

from __future__ import annotations

from functools import cache, lru_cache

from pypinyin import constants
from pypinyin.contrib.tone_convert import to_normal


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

"""Syllables: how characters sound, which sounds people mix up, and how letters typed without spaces are cut."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from pypinyin import Style, constants, lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict

# sounds that many speakers do not tell apart, and recognisers with them
_BLURRED_START = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "r": "n", "f": "h"}
_BLURRED_END = {"ang": "an", "eng": "en", "ing": "in"}

_PER_SLIP = 5  # typed letters for each that may be too many
_VOWELS = frozenset("aeiouv")

_plain = cache(lambda reading: to_normal(reading, v_to_u=False))


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
    return frozenset(s for s in map(_plain, spoken) if s.isascii() and s.isalpha() and not _VOWELS.isdisjoint(s))


def ends_syllable(letters: str) -> bool:
    """A tone digit may stand here."""
    return any(letters[at:] in syllables() for at in range(len(letters)))


def readings(char: str) -> list[str]:
    """Toneless, the most usual first; the character itself where it has none."""
    return [_plain(reading) or char for reading in constants.PINYIN_DICT.get(ord(char), char).split(",")]


@cache
def _alone(char: str) -> str:
    return readings(char)[0]


def phrase(word: str) -> tuple[str, ...] | None:
    """Toneless syllables of a word that is a known phrase (银行 → yin hang)."""
    found = phrases_dict.get(word)
    return tuple([_plain(readings[0]) for readings in found]) if found else None


@lru_cache(maxsize=65536)
def spoken(word: str) -> tuple[str, ...]:
    """Toneless syllables of a word, by phrase where the phrase is known."""
    return phrase(word) or tuple(map(_alone, word))


def sound(word: str) -> str:
    """`blurred` of `spoken`; not kept, for what is hardly asked twice."""
    return "'".join(map(blur, phrase(word) or map(_alone, word)))


@cache
def blur(syllable: str) -> str:
    start = next((s for s in _BLURRED_START if syllable.startswith(s)), "")
    end = next((e for e in _BLURRED_END if syllable.endswith(e)), "")
    middle = syllable[len(start) : len(syllable) - len(end)]
    return _BLURRED_START.get(start, "") + middle + _BLURRED_END.get(end, "")


@lru_cache(maxsize=65536)
def blurred(said: tuple[str, ...]) -> str:
    """One key for all that sounds alike to a speaker who mixes l and n, zh and z, eng and en …"""
    return "'".join(map(blur, said))


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


@lru_cache(maxsize=4096)
def split_loosely(letters: str) -> tuple[str, ...]:
    """As `split`, leaving out as few letters as can be: one in every _PER_SLIP; empty where more would have to go."""
    whole = split(letters)
    if whole or len(letters) < _PER_SLIP:
        return whole
    known = syllables()
    longest = max(map(len, known))
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())] * (len(letters) + 1)
    for start in range(len(letters) - 1, -1, -1):
        slips, rest = best[start + 1]
        found = [(slips + 1, rest)]
        for end in range(start + 1, min(len(letters), start + longest) + 1):
            if letters[start:end] in known:
                found.append((best[end][0], (letters[start:end], *best[end][1])))
        best[start] = min(found, key=lambda f: (f[0], len(f[1])))
    slips, cut = best[0]
    return cut if slips <= len(letters) // _PER_SLIP else ()

"""Text analysis, one module for build and query: what is not cut the same way on both sides is never found.

`fold` makes one form of a text (NFKC, simplified, lower case); `fold_with_offsets` also says where each folded
character came from, so that highlights point into the text as it was written. `terms` cuts it into the terms of each
lexical field. Raising VERSION makes every index built before it refuse to open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import opencc
import rjieba

from . import pinyin

VERSION = "2"

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:[.\-_/][a-z0-9]+)*")
_PARTS = re.compile(rf"([{_HAN}]+)")
_HAN_ONLY = re.compile(rf"[{_HAN}]")
_CODE_DIGITS = 5
_LANDLINE = re.compile(r"(?<!\d)\(?(010|02\d|0[3-9]\d\d)\)?[\s\-–—]*(\d{7,8})(?!\d)")
_SERVICE_NUMBER = re.compile(r"(?<!\d)\(?(?:010|02\d|0[3-9]\d\d)\)?[\s\-–—]*(1[02]\d{3}|9[56]\d{3})(?!\d)")
_DOCUMENT_NUMBER = re.compile(
    rf"([{_HAN}]{{1,4}}[发函规字办通令])\s*[〔\[(【]?\s*((?:19|20)\d\d)\s*[〕\])】年]?\s*第?\s*(\d{{1,4}})\s*号"
)
_TONED = {c: unicodedata.normalize("NFD", c)[0] for c in "āáǎàēéěèīíǐìōóǒòūúǔùńň"} | dict.fromkeys("üǖǘǚǜ", "v")
# a single vowel is a syllable only behind another one: ti2e2, but a2 is a class of licence
_TONE_DIGIT = re.compile(r"([a-z]{2,6}|(?<=[a-z][1-5])[aeo])[1-5](?![0-9])")
_PINYIN_LIKE = re.compile(r"[a-z'\s(),、。·]+")
_LETTER = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one text by field, in order and with repetitions: their number is the field's length for BM25."""

    words: tuple[str, ...]
    grams: tuple[str, ...]
    sound: tuple[str, ...]


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


class _Folded(dict[str, str]):
    """What each character folds to (sometimes several, e.g. ㎡ → m2), worked out once. By character, never by phrase, so that
    a part of a text folds as the whole does."""

    def __missing__(self, char: str) -> str:
        wide = unicodedata.normalize("NFKC", char)
        kept = "".join(c for c in wide if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") or c in "\n\t")
        folded = _simplifier().convert(kept).lower() if kept else ""
        if len(self) < _FOLDED_KEPT:
            self[char] = folded
        return folded


_FOLDED_KEPT = 65536
_fold_character = _Folded().__getitem__


def fold(text: str) -> str:
    """The one form in which texts are compared: NFKC, traditional → simplified, lower case, no control characters."""
    return "".join(map(_fold_character, text))


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """(folded text, for each of its characters the position in `text` that it came from)."""
    forms = list(map(_fold_character, text))
    folded = "".join(forms)
    if len(folded) == len(text) and "" not in forms:
        return folded, list(range(len(text)))
    return folded, [position for position, form in enumerate(forms) for _ in form]


def runs(folded: str) -> list[str]:
    """Unbroken stretches of Chinese characters, or of Latin letters and digits, in order."""
    return _RUNS.findall(folded)


def landlines(folded: str) -> list[str]:
    """Telephone numbers with an area code, however they are written, as they are published: 0417-2800000, and 12345, which
    has none."""
    return [f"{area}-{number}" for area, number in _LANDLINE.findall(folded)] + _SERVICE_NUMBER.findall(folded)


def with_document_numbers(folded: str) -> tuple[str, list[str]]:
    """(the text with each number of an official document as it is published, 国办发〔2018〕81号, however it was written; those
    numbers)."""
    found: list[str] = []

    def published(match: re.Match[str]) -> str:
        found.append(f"{match[1]}〔{match[2]}〕{match[3]}号")
        return found[-1]

    return _DOCUMENT_NUMBER.sub(published, folded), found


def only_a_number(folded: str) -> bool:
    """A code, a telephone number: digits, maybe letters, no word. Its meaning is itself: one like it is another."""
    return not has_han(folded) and sum(c.isdigit() for c in folded) >= _CODE_DIGITS


def digit_share(folded: str) -> float:
    """Of letters and digits; 0 where there are none."""
    said = [c for c in folded if c.isalnum()]
    return sum(c.isdigit() for c in said) / len(said) if said else 0.0


def parts(folded: str) -> list[str]:
    """The whole text cut at the ends of its runs."""
    return [part for part in _PARTS.split(folded) if part]


def is_han(run: str) -> bool:
    return bool(run) and _HAN_ONLY.match(run) is not None


def has_han(text: str) -> bool:
    return _HAN_ONLY.search(text) is not None


def words(folded: str) -> list[str]:
    """Dictionary words by jieba's method (the Rust implementation), Latin and digit runs whole."""
    found: list[str] = []
    for run in runs(folded):
        found.extend(w for w in rjieba.cut(run) if w.strip()) if is_han(run) else found.append(run)
    return found


def grams(folded: str) -> list[str]:
    """Overlapping pairs of Chinese characters; a lone character by itself; other runs whole."""
    found: list[str] = []
    for run in runs(folded):
        found.extend(_pairs(run) if is_han(run) else [run])
    return found


def syllables(run: str) -> list[str]:
    """Toneless pinyin of a run of Chinese characters, one a character, read by phrase (银行 → yin hang)."""
    return pinyin.read(run)


def sound(folded: str) -> list[str]:
    """Overlapping pairs of toneless syllables: homophones share them, so a mis-heard character still matches."""
    found: list[str] = []
    for run in runs(folded):
        if is_han(run):
            spoken = syllables(run)
            found.extend([f"{a}'{b}" for a, b in pairwise(spoken)] or spoken)
    return found


def terms(text: str) -> Terms:
    """All fields of one text. Characters stand beside pairs in `grams` only where a run is a single character."""
    folded = fold(text)
    return Terms(words=tuple(words(folded)), grams=tuple(grams(folded)), sound=tuple(sound(folded)))


def without_tones(folded: str) -> str:
    """Letters without tone marks, syllables without tone digits: shēn fen4 → shen fen."""
    if folded.isascii() and not _TONE_DIGIT.search(folded):
        return folded
    plain = "".join(_TONED.get(c, c) for c in folded)
    return _TONE_DIGIT.sub(lambda m: m[1] if pinyin.ends_syllable(m[1]) else m[0], plain)


def typed_pinyin(text: str) -> str | None:
    """The letters of a query that may be pinyin or initials (`shenfenzheng`, `sfz`, `shen fen zheng`), else None."""
    folded = without_tones(fold(text).strip())
    return ("".join(_LETTER.findall(folded)) or None) if _PINYIN_LIKE.fullmatch(folded) else None


def pinyin_of(text: str) -> tuple[str, str]:
    """(full pinyin without spaces, initials) of a text's Chinese characters, Latin and digits kept as they are."""
    full: list[str] = []
    initials: list[str] = []
    for run in runs(fold(text)):
        if is_han(run):
            spoken = syllables(run)
            full.extend(spoken)
            initials.extend(s[0] for s in spoken if s)
        else:
            full.append(run)
            initials.append(run)
    return "".join(full), "".join(initials)


def characters(texts: Iterable[str]) -> set[str]:
    """Every Chinese character that occurs."""
    return {c for text in texts for c in text if _HAN_ONLY.match(c)}


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]

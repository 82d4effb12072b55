"""Everyday Chinese: the frequent words of jieba's dictionary (MIT), found by sound and by what is left when one character
is missing. It knows what the index's own vocabulary lacks: 怎么, 登录, 银行卡."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from . import pinyin

LONGEST = 4
_COMMON = 8.0  # cost of a character that stands by itself often enough to be meant by another: 的, 是, 不, 上
_LEAST = 50  # occurrences in jieba's corpus of 60 million words: 45,000 words of two to four characters


class Lexicon:
    """`cost` of a word: −ln of its share of all words said."""

    def __init__(self, counts: Mapping[str, int], total: int) -> None:
        self.cost = {word: math.log(total / count) for word, count in counts.items()}
        self._by_sound: dict[str, list[tuple[str, float]]] = {}
        self._by_rest: dict[str, list[str]] = {}
        for word in counts:
            if len(word) > 1 or self.cost[word] < _COMMON:
                sound = pinyin.blurred(pinyin.spoken(word))
                self._by_sound.setdefault(sound, []).append((word, self.cost[word]))
            if len(word) > 2:
                for rest in without_one(word):
                    self._by_rest.setdefault(rest, []).append(word)

    def sounding(self, blurred: str) -> Sequence[tuple[str, float]]:
        """With their costs."""
        return self._by_sound.get(blurred, ())

    def lacking(self, rest: str) -> Sequence[str]:
        """Words of three or four characters that become `rest` when one is left out."""
        return self._by_rest.get(rest, ())


def without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


@cache
def default() -> Lexicon:
    counts: dict[str, int] = {}
    total = 0
    for line in files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        total += int(count)
        if len(word) <= LONGEST and (int(count) >= _LEAST or len(word) == 1):
            counts[word] = int(count)
    return Lexicon(counts, total)

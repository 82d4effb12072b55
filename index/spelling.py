"""What was probably meant by a misspelt text: the likeliest words, where each change of a character costs something.

A run of characters is read as words of everyday Chinese and of the index. First every stretch may also be a word that
sounds the same or nearly so; where single characters without a word are left over, also a word that looks alike, or one
with a character more, less, or two changed about."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import yaml

from . import analysis, pinyin
from .engine import Engine
from .lexicon import LONGEST, Lexicon, without_one
from .ranking import Repair

_LETTERS = re.compile(r"[a-z' ]+")
SHAPES = Path(__file__).with_name("shapes.yaml")


class Edge(NamedTuple):
    """The characters up to `end` read as `word`; `cost` in nats, changes included."""

    end: int
    word: str
    cost: float


@dataclass(frozen=True, slots=True)
class Respelt:
    """`gain` in nats: how much likelier it is than what was typed."""

    text: str
    gain: float


def respell(text: str, engine: Engine, lexicon: Lexicon, costs: Repair) -> Respelt | None:
    """`text` is folded. None where what was typed is the likeliest, or nearly so."""
    out = []
    gain = 0.0
    left = costs.characters
    for part in _runs(text):
        if not isinstance(part, str) and len(part) <= left:
            left -= len(part)
            run = _Run(part, engine, lexicon, costs)
            out.append(run.best())
            gain += run.gain
        else:
            out.append("".join(part))
    fixed = "".join(out)
    return Respelt(fixed, gain) if fixed != text and gain >= costs.worth else None


def _runs(text: str) -> Iterator[str | tuple[str, ...]]:
    """Stretches to be read, each as its Chinese characters and typed syllables; what lies between as it is."""
    held: list[str] = []
    for part in analysis.parts(analysis.without_tones(text)):
        if analysis.is_han(part):
            held += part
        elif letters := _LETTERS.fullmatch(part):
            said = pinyin.split_loosely(re.sub(r"[ ']", "", letters.group()))
            if said:
                held += said
                continue
            yield from _whole(held)
            held = []
            yield part
        else:
            yield from _whole(held)
            held = []
            yield part
    yield from _whole(held)


def _whole(held: list[str]) -> Iterator[str | tuple[str, ...]]:
    if held:
        yield tuple(held) if len(held) > 1 else held[0]


class _Run:
    def __init__(self, run: Sequence[str], engine: Engine, lexicon: Lexicon, costs: Repair) -> None:
        self._run = run
        self._han = list(map(analysis.is_han, run))
        self._all_han = all(self._han)
        self._text = "".join(run) if self._all_han else ""
        self._said = [pinyin.spoken(char)[0] if han else char for char, han in zip(run, self._han, strict=True)]
        self._sounds = list(map(pinyin.blur, self._said))
        self._engine = engine
        self._lexicon = lexicon
        self._costs = costs
        self.gain = 0.0
        self._indexed: dict[str, list[tuple[str, int]]] = {}
        self._edges: list[list[Edge]] = [
            [Edge(at + 1, char, self._alone(char) if han else costs.unread)]
            for at, (char, han) in enumerate(zip(run, self._han, strict=True))
        ]

    def _alone(self, char: str) -> float:
        cost = self._lexicon.cost.get(char, self._costs.unknown)
        return cost + self._costs.alone if cost > self._costs.odd_from else cost

    def best(self) -> str:
        heard = [(a, b, *self._heard(a, b)) for a, b in _spans(len(self._run), 1, LONGEST)]
        self._look_up(sound for a, b, _, sound in heard if b - a > 1)
        for a, b, said, sound in heard:
            known, indexed = self._lexicon.sounding(sound), self._indexed.get(sound)
            if known or indexed:
                self._add_alike(a, b, said, [*known, *self._costed(indexed)] if indexed else known)
        path = self._path(self._edges)
        odd = self._odd(path)
        if odd:
            self._edit(odd)
            path = self._path(self._edges)
        fixed = "".join([edge.word for edge in path])
        if fixed != self._typed(0, len(self._run)):
            typed = [[e for e in edges if e.word == self._typed(at, e.end)] for at, edges in enumerate(self._edges)]
            self.gain = _cost(self._path(typed)) - _cost(path)
        return fixed

    def _typed(self, a: int, b: int) -> str:
        return self._text[a:b] if self._all_han else "".join(self._run[a:b])

    def _heard(self, a: int, b: int) -> tuple[Sequence[str], str]:
        """How a stretch is spoken, and the key of all that sounds alike."""
        if self._all_han or all(self._han[a:b]):
            phrase = pinyin.phrase(self._typed(a, b))
            if phrase:
                return phrase, pinyin.blurred(phrase)
        return self._said[a:b], "'".join(self._sounds[a:b])

    def _odd(self, path: Sequence[Edge]) -> list[int]:
        """Where a character is left without a word that is seldom one by itself, or was changed."""
        found: list[int] = []
        at = 0
        for edge in path:
            if (edge.end - at == 1 and edge.cost > self._costs.odd_from) or edge.word != self._typed(at, edge.end):
                found += range(at, edge.end)
            at = edge.end
        return found[: self._costs.most]

    def _add_alike(self, a: int, b: int, said: Sequence[str], words: Sequence[tuple[str, float]]) -> None:
        """The words as edges, but for those that cost more than the stretch as it was typed, character by character."""
        span, typed, edges = self._run[a:b], self._typed(a, b), self._edges[a]
        most = sum([each[0].cost for each in self._edges[a:b]])
        least_change = self._costs.same_sound
        for word, cost in words:
            if word == typed:
                edges.append(_edge((b, word, cost)))
            elif cost + least_change < most and (change := self._change(span, said, word, most - cost)) is not None:
                edges.append(_edge((b, word, cost + change)))

    def _costed(self, indexed: Sequence[tuple[str, int]]) -> Iterator[tuple[str, float]]:
        """Words of the index with what each costs there."""
        return ((word, max(self._costs.indexed - math.log(count), self._costs.least)) for word, count in indexed)

    def _change(self, typed: Sequence[str], sounds: Sequence[str], word: str, most: float) -> float | None:
        """Cost of reading one word for another of the same length; None from `most` on, and where a character is neither like in
        sound nor in shape."""
        total = 0.0
        for one, other, said, meant in zip(typed, word, sounds, pinyin.spoken(word), strict=True):
            if one == other:
                continue
            if said == meant:
                total += self._costs.same_sound if analysis.is_han(one) else 0.0
            elif other in shapes().get(one, ()):
                total += self._costs.shape
            elif pinyin.blur(said) == pinyin.blur(meant):
                total += self._costs.near_sound
            else:
                return None
            if total >= most:
                return None
        return total

    def _edit(self, odd: Sequence[int]) -> None:
        near = [
            (a, b)
            for a, b in _spans(len(self._run), 2, LONGEST + 1)
            if any(a <= i < b for i in odd) and (self._all_han or all(self._han[a:b]))
        ]
        # stretch, what may have been meant, its sound, cost of the edit
        wanted = [
            (a, b, form, pinyin.sound(form), cost) for a, b in near for form, cost in self._forms(self._typed(a, b))
        ]
        lacking = [(a, b) for a, b in near if b - a < LONGEST]
        self._look_up([*(sound for *_, sound, _ in wanted), *(_rest(self._typed(a, b)) for a, b in lacking)])
        for a, b, form, sound, edit in wanted:
            known = self._lexicon.cost.get(form)
            costs = [] if known is None else [known]
            if indexed := self._indexed.get(sound):
                costs += [cost for _, cost in self._costed([entry for entry in indexed if entry[0] == form])]
            if costs:
                self._edges[a].append(_edge((b, form, min(costs) + edit)))
        for a, b in lacking:
            span = self._typed(a, b)
            longer = [(word, self._lexicon.cost[word]) for word in self._lexicon.lacking(span)]
            for word, cost in [*longer, *self._costed(self._indexed.get(_rest(span), ()))]:
                self._edges[a].append(_edge((b, word, cost + self._costs.missing)))

    def _forms(self, span: str) -> Iterator[tuple[str, float]]:
        if len(span) == 2 and span[0] == span[1]:
            yield span[0], self._costs.doubled
        if len(span) > 2:
            for at, rest in enumerate(without_one(span)):
                double = span[at] in (span[at - 1 : at], span[at + 1 : at + 2])
                yield rest, self._costs.doubled if double else self._costs.extra
        if len(span) <= LONGEST:
            for at in range(len(span) - 1):
                yield span[:at] + span[at + 1] + span[at] + span[at + 2 :], self._costs.swapped
            for at, char in enumerate(span):
                for other in shapes().get(char, ()):
                    yield span[:at] + other + span[at + 1 :], self._costs.shape

    def _path(self, edges: Sequence[Sequence[Edge]]) -> list[Edge]:
        """The cheapest way through, by dynamic programming from the end; of equal ones the first."""
        size = len(edges)
        rest = [0.0] * (size + 1)
        chosen: list[Edge] = []
        for at in range(size - 1, -1, -1):
            best, least = edges[at][0], math.inf
            for edge in edges[at]:
                cost = edge[2] + rest[edge[0]]
                if cost < least:
                    best, least = edge, cost
            chosen.append(best)
            rest[at] = least
        chosen.reverse()
        path, at = [], 0
        while at < size:
            path.append(chosen[at])
            at = chosen[at].end
        return path

    def _look_up(self, keys: Iterator[str] | Sequence[str]) -> None:
        new = [k for k in dict.fromkeys(keys) if k not in self._indexed]
        self._indexed.update(zip(new, self._engine.spellings(new), strict=True))


_edge: Callable[[tuple[int, str, float]], Edge] = partial(tuple.__new__, Edge)
"""As the class itself, without its Python: a query makes hundreds."""


def _cost(path: Sequence[Edge]) -> float:
    return sum(edge.cost for edge in path)


def _spans(size: int, least: int, most: int) -> Iterator[tuple[int, int]]:
    return ((a, b) for a in range(size) for b in range(a + least, min(size, a + most) + 1))


def _rest(left: str) -> str:
    return f"-{left}"


@cache
def shapes() -> Mapping[str, str]:
    """Characters that look like each."""
    groups = yaml.safe_load(SHAPES.read_text("utf-8"))["alike"]
    found: dict[str, set[str]] = {}
    for group in groups:
        for char in group:
            found.setdefault(char, set()).update(set(group) - {char})
    return {char: "".join(sorted(others)) for char, others in found.items()}


def keys(words: Sequence[str]) -> list[str]:
    """`key=word` for each different word of two to four characters: what the index is asked for."""
    found: dict[str, None] = {}
    for word in words:
        if 1 < len(word) <= LONGEST and analysis.is_han(word):
            found[f"{pinyin.blurred(pinyin.spoken(word))}={word}"] = None
            if len(word) > 2:
                found.update((f"{_rest(rest)}={word}", None) for rest in without_one(word))
    return list(found)

"""A run of characters as words: every stretch that may be read as one, with what that costs, and the cheapest way through.

Costs are nats: what a word costs (−ln of how often it is said or written), and what a listener or typist's slip costs, by kind
(`repair` in ranking.yaml)."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from . import analysis, pinyin
from .corrector import Reading
from .engine import Engine
from .lexicon import LONGEST, Lexicon, without_one
from .ranking import Repair
from .spelling_keys import rest, shapes


class Edge(NamedTuple):
    """The characters up to `end` read as `word`; `cost` in nats, changes included."""

    end: int
    word: str
    cost: float


NOWHERE = -1
"""Place of a syllable, which stands for no character of the text."""


class Run(NamedTuple):
    """Characters and typed syllables, and where in the text each character stands."""

    said: list[str]
    places: list[int]

    def add(self, said: Iterable[str], places: Iterable[int]) -> None:
        self.said.extend(said)
        self.places.extend(places)


class Lattice:
    """`best` is the likeliest reading, `gain` by how many nats, once it was `read`; it is `doubtful` where that is not what was
    typed, or a character stands in it that is hardly ever one by itself; syllables alone leave no doubt that a sentence could
    solve."""

    def __init__(self, run: Run, engine: Engine, lexicon: Lexicon, costs: Repair) -> None:
        self._run = run.said
        self._places = run.places
        self._size = len(run.said)
        self._han = list(map(analysis.is_han, self._run))
        self._all_han = all(self._han)
        self._text = "".join(self._run)
        self.best, self.gain, self.doubtful = self._text, 0.0, False
        self._said = [pinyin.spoken(c)[0] if han else c for c, han in zip(self._run, self._han, strict=True)]
        self._sounds = list(map(pinyin.blur, self._said))
        self._engine = engine
        self._lexicon = lexicon
        self._costs = costs
        self._heard: list[tuple[int, int, Sequence[str], str]] = []
        self._indexed: dict[str, list[tuple[str, int]]] = {}
        self._gains: Sequence[Mapping[str, float]] = ()
        self._edges: list[list[Edge]] = []

    def read(self) -> None:
        """A single character tells nothing by itself, and stays as it is until the corrector knows more."""
        if self._size < 2 and not self._gains:
            return
        if not self._heard:
            self._heard = [(a, b, *self._sound(a, b)) for a, b in _spans(self._size, 1, LONGEST)]
            self._look_up(sound for a, b, _, sound in self._heard if b - a > 1)
        self._edges = [
            [Edge(at + 1, char, self._alone(char) if han else self._costs.unread)]
            for at, (char, han) in enumerate(zip(self._run, self._han, strict=True))
        ]
        most = self._as_typed()
        if self._gains:
            self._add_meant()
        for a, b, said, sound in self._heard:
            known, indexed = self._lexicon.sounding(sound), self._indexed.get(sound)
            if known or indexed:
                self._add_alike(a, b, said, [*known, *self._costed(indexed)] if indexed else known, most)
        path = self._path(self._edges)
        odd = self._odd(path)
        if odd:
            self._edit(odd)
            path = self._path(self._edges)
        self.best = "".join([edge.word for edge in path])
        self.gain = 0.0
        if self.best != self._text:
            typed = [[e for e in edges if e.word == self._typed(at, e.end)] for at, edges in enumerate(self._edges)]
            self.gain = _cost(self._path(typed)) - _cost(path)
        lone = self._costs.asked_from
        odd_one = any(len(edge.word) == 1 and edge.cost > lone for edge in path)
        self.doubtful = any(self._han) and (self.gain > 0 or odd_one)

    def read_again(self, meant: Reading) -> None:
        """With what the corrector thinks of the text. What is read as typed stays so where it, too, holds nothing for likelier."""
        self._gains = [meant.gains(place) for place in self._places]
        if self.best != self._text or any(max(gains.values(), default=0.0) > 0 for gains in self._gains):
            self.read()

    def _as_typed(self) -> list[float]:
        """What the characters cost one by one, up to each."""
        return [0.0, *accumulate(edges[0].cost for edges in self._edges)]

    def _alone(self, char: str) -> float:
        cost = self._lexicon.cost.get(char, self._costs.unknown)
        return cost + self._costs.alone if cost > self._costs.odd_from else cost

    def _typed(self, a: int, b: int) -> str:
        return self._text[a:b] if self._all_han else "".join(self._run[a:b])

    def _sound(self, a: int, b: int) -> tuple[Sequence[str], str]:
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

    def _add_meant(self) -> None:
        """Characters that the corrector holds for likelier than the typed ones: by themselves, and in words that are not found by
        how the typed one is usually said (报削, where 削 is usually said xue)."""
        wanted = []
        for at, gains in enumerate(self._gains):
            for char in heapq.nlargest(self._costs.singles, gains, key=gains.__getitem__):
                if gains[char] <= 0:
                    break
                cost = self._swap(at, char)
                self._edges[at].append(_edge((at + 1, char, self._alone(char) + cost)))
                if pinyin.blur(pinyin.spoken(char)[0]) != self._sounds[at]:
                    wanted += [
                        (a, b, self._typed(a, at) + char + self._typed(at + 1, b), cost)
                        for a, b in _spans(self._size, 2, LONGEST)
                        if a <= at < b
                    ]
        if wanted:
            self._add_forms(wanted)

    def _add_alike(
        self, a: int, b: int, said: Sequence[str], words: Sequence[tuple[str, float]], as_typed: Sequence[float]
    ) -> None:
        """The words as edges, but for those that cost more than the stretch as it was typed, character by character."""
        typed, edges = self._typed(a, b), self._edges[a]
        most = as_typed[b] - as_typed[a]
        least_change = self._costs.same_sound - (self._costs.heard_most * self._costs.heard if self._gains else 0.0)
        for word, cost in words:
            if word == typed:
                edges.append(_edge((b, word, cost)))
            elif cost + least_change < most and (change := self._change(a, b, said, word, most - cost)) is not None:
                edges.append(_edge((b, word, cost + change)))

    def _costed(self, indexed: Sequence[tuple[str, int]]) -> Iterator[tuple[str, float]]:
        """Words of the index with what each costs there."""
        return ((word, max(self._costs.indexed - math.log(count), self._costs.least)) for word, count in indexed)

    def _swap(self, at: int, other: str) -> float:
        """Cost of another character of the same sound."""
        cost = self._costs.same_sound if self._han[at] else 0.0
        if not self._gains or other not in self._gains[at]:
            return cost
        most = self._costs.heard_most
        return cost - self._costs.heard * max(-most, min(most, self._gains[at][other]))

    def _change(self, a: int, b: int, sounds: Sequence[str], word: str, most: float) -> float | None:
        """Cost of reading a stretch as a word of the same length; None from `most` on, and where a character is neither like in
        sound nor in shape."""
        total = 0.0
        for at, other, said, meant in zip(range(a, b), word, sounds, pinyin.spoken(word), strict=True):
            one = self._run[at]
            if one == other:
                continue
            if said == meant:
                total += self._swap(at, other)
            elif other in shapes().get(one, ()):
                total += self._costs.shape
            elif pinyin.blur(said) == pinyin.blur(meant):
                total += self._swap(at, other) + self._costs.near_sound - self._costs.same_sound
            else:
                return None
            if total >= most and not self._gains:  # with them a later change may cost less than nothing
                return None
        return total if total < most else None

    def _edit(self, odd: Sequence[int]) -> None:
        near = [
            (a, b)
            for a, b in _spans(self._size, 2, LONGEST + 1)
            if any(a <= i < b for i in odd) and (self._all_han or all(self._han[a:b]))
        ]
        lacking = [(a, b) for a, b in near if b - a < LONGEST]
        self._add_forms(
            [(a, b, form, cost) for a, b in near for form, cost in self._forms(self._typed(a, b))],
            [rest(self._typed(a, b)) for a, b in lacking],
        )
        for a, b in lacking:
            span = self._typed(a, b)
            longer = [(word, self._lexicon.cost[word]) for word in self._lexicon.lacking(span)]
            for word, cost in [*longer, *self._costed(self._indexed.get(rest(span), ()))]:
                self._edges[a].append(_edge((b, word, cost + self._costs.missing)))

    def _add_forms(self, wanted: Sequence[tuple[int, int, str, float]], also: Sequence[str] = ()) -> None:
        """Those that are words. `wanted`: from and to where, what may have been meant, cost of the change. `also` are keys to look up
        in the same call of the engine."""
        sounds = [pinyin.sound(form) for _, _, form, _ in wanted]
        self._look_up([*sounds, *also])
        for (a, b, form, change), sound in zip(wanted, sounds, strict=True):
            known = self._lexicon.cost.get(form)
            costs = [] if known is None else [known]
            if indexed := self._indexed.get(sound):
                costs += [cost for _, cost in self._costed([entry for entry in indexed if entry[0] == form])]
            if costs:
                self._edges[a].append(_edge((b, form, min(costs) + change)))

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

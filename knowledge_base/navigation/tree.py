"""Which question next: the fewest expected questions over all combinations of answers.

A target is a table: one axis a question, one position an option, each cell the number of the outcome that this combination
has. A state fixes some axes; it is settled when all its cells hold one outcome. A question is a single one (one axis, its
options) or a composed one (the leaves of a small tree of questions, told apart in one reading). Up to a bound the choice is
exact (dynamic programme over states); above it the single question with the greatest expected information gain is asked.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

State = tuple[int | None, ...]


@cache
def bounds() -> dict[str, Any]:
    """limits.yaml."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "limits.yaml").read_text(encoding="utf-8"))
    return loaded


class Ask(NamedTuple):
    """A question: `axis` leads; `leads` are the states its options come to, which together make up the state asked in."""

    axis: int
    leads: tuple[State, ...]


class Best(NamedTuple):
    """What to ask (None: settled), the expected effort from here (in simple questions) and the expected questions."""

    ask: Ask | None
    cost: float
    questions: float


@dataclass
class Tree:
    """`table`: int64, one axis a question. `shares`: for each axis the probability of each option (sums to 1).

    `characters`: of the words that one option takes from a state to another, None where they are not readable; without it
    only single questions are asked.
    """

    table: np.ndarray
    shares: Sequence[np.ndarray]
    characters: Callable[[State, State], int | None] | None = None
    _memo: dict[State, Best] = field(default_factory=dict)

    @property
    def start(self) -> State:
        """Nothing is known."""
        return (None,) * self.table.ndim

    @cached_property
    def one_by_one(self) -> "Tree":
        """The same outcomes by single questions only."""
        return replace(self, characters=None, _memo={})

    def cells(self, state: State) -> np.ndarray:
        return self.table[tuple(slice(None) if s is None else s for s in state)]

    def settled(self, state: State) -> bool:
        cells = self.cells(state)
        return bool((cells == cells.flat[0]).all())

    def children(self, state: State, axis: int) -> tuple[State, ...]:
        """The states that the options of `axis` come to."""
        return tuple((*state[:axis], i, *state[axis + 1 :]) for i in range(self.table.shape[axis]))

    def best(self, state: State) -> Best:
        """The question to ask next, and what is expected from here."""
        found = self._memo.get(state)
        if found is None:
            found = self._memo[state] = self._best(state)
        return found

    def _best(self, state: State) -> Best:
        if self.settled(state):
            return Best(None, 0.0, 0.0)
        useful = self.useful(state)
        if self._states(state) > bounds()["exhaustive_states"]:
            return self._single(state, max(useful, key=lambda a: (round(self._gain(state, a), 9), -a)))
        tries = [self._single(state, axis) for axis in useful]
        if self.characters is not None:
            tries += self._composed(state)
        return min(tries, key=lambda found: round(found.cost, 9))

    def _single(self, state: State, axis: int) -> Best:
        ask = Ask(axis, self.children(state, axis))
        after = [(p, self.best(lead)) for p, lead in zip(self.shares[axis], ask.leads, strict=True)]
        return Best(ask, 1 + sum(p * b.cost for p, b in after), 1 + sum(p * b.questions for p, b in after))

    def _composed(self, state: State) -> Iterator[Best]:
        """The best composed question for each leading axis and number of options; at least two facts are told apart."""
        memo: dict[State, Parts] = {}
        for axis in self.useful(state):
            for count, part in self._split(state, state, axis, memo).items():
                if count > self.table.shape[axis]:
                    yield Best(Ask(axis, part.leads), bounds()["composed_cost"] + part.cost, 1 + part.questions)

    def _parts(self, start: State, state: State, memo: dict[State, "Parts"]) -> "Parts":
        """The best ways to make up `state` of 1, 2, … options of a question asked in `start`; none where one is unreadable."""
        assert self.characters is not None
        if state not in memo:
            found: dict[int, Part] = {}
            characters = self.characters(start, state)
            if characters is not None:
                after, reading = self.best(state), bounds()["character_cost"] * characters
                found[1] = Part(reading, after.cost, after.questions, (state,))
                for axis in self.useful(state):
                    _keep_better(found, self._split(start, state, axis, memo))
            memo[state] = found
        return memo[state]

    def _split(self, start: State, state: State, axis: int, memo: dict[State, "Parts"]) -> "Parts":
        """`state` split by `axis`, each answer made up of one option or more."""
        ways: dict[int, Part] = {0: Part(0.0, 0.0, 0.0, ())}
        children = self.children(state, axis)
        for p, child, left in zip(self.shares[axis], children, range(len(children) - 1, -1, -1), strict=True):
            longer: dict[int, Part] = {}
            for (used, way), (more, part) in itertools.product(ways.items(), self._parts(start, child, memo).items()):
                if used + more + left <= bounds()["composed_options"]:
                    leads = (*way.leads, *part.leads)
                    after = way.after + p * part.after, way.questions + p * part.questions
                    joined = Part(way.reading + part.reading, *after, leads)
                    _keep_better(longer, {used + more: joined})
            ways = longer
        return ways

    def matters(self, state: State, axis: int) -> bool:
        """Whether the answer can still change the outcome."""
        at = sum(1 for s in state[:axis] if s is None)
        cells = np.moveaxis(self.cells(state), at, 0)
        return bool((cells != cells[:1]).any())

    def useful(self, state: State) -> list[int]:
        """Axes whose answer can still change the outcome."""
        return [a for a, s in enumerate(state) if s is None and self.matters(state, a)]

    def _states(self, state: State) -> int:
        return math.prod(n + 1 for n, s in zip(self.table.shape, state, strict=True) if s is None)

    def weights(self, state: State) -> np.ndarray:
        weights = np.ones(())
        for axis, s in enumerate(state):
            if s is None:
                weights = np.multiply.outer(weights, self.shares[axis])
        return weights

    def _gain(self, state: State, axis: int) -> float:
        """Expected fall of the outcome's entropy, in bits, when `axis` is answered."""
        after = 0.0
        for p, child in zip(self.shares[axis], self.children(state, axis), strict=True):
            _, inverse = np.unique(self.cells(child), return_inverse=True)
            mass = np.bincount(inverse.ravel(), weights=self.weights(child).ravel())
            mass = mass[mass > 0]
            after -= p * float((mass * np.log2(mass)).sum())
        return -after

    def without(self, axes: Sequence[int]) -> "Tree":
        """The tree when some answers cannot be had: combinations along `axes` become one outcome. Axes keep their numbers."""
        table = self.table
        for axis in axes:
            flat = np.moveaxis(table, axis, -1).reshape(-1, table.shape[axis])
            _, inverse = np.unique(flat, axis=0, return_inverse=True)
            shape = [n for a, n in enumerate(table.shape) if a != axis]
            table = np.expand_dims(inverse.reshape(shape), axis)
        shares = [np.ones(1) if a in axes else s for a, s in enumerate(self.shares)]
        return Tree(table, shares, self.characters)


class Part(NamedTuple):
    """Some options of a composed question: the effort of reading them all, expected effort and questions after them, and
    where they lead."""

    reading: float
    after: float
    questions: float
    leads: tuple[State, ...]

    @property
    def cost(self) -> float:
        return self.reading + self.after


Parts = Mapping[int, Part]
"""By the number of options."""


def _keep_better(found: dict[int, Part], others: Parts) -> None:
    for count, part in others.items():
        if count not in found or round(part.cost, 9) < round(found[count].cost, 9):
            found[count] = part


def combine(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Outcome numbers of several items over the same axes → numbers of their combinations."""
    combined = np.zeros(np.broadcast_shapes(*(p.shape for p in parts)), dtype=np.int64)
    for part in parts:
        _, inverse = np.unique(combined * (int(part.max()) + 1) + part, return_inverse=True)
        combined = inverse.reshape(combined.shape)
    return combined


def positions(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every cell of a table."""
    return itertools.product(*(range(n) for n in shape))

"""Which question next: the fewest expected questions over all combinations of answers.

A target is a table: one axis a question, one position an option, each cell the number of the outcome that this combination
has. A state fixes some axes; it is settled when all its cells hold one outcome. Up to a bound the best order is exact
(dynamic programme over states); above it the question with the greatest expected information gain is asked.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import yaml

State = tuple[int | None, ...]


@cache
def bounds() -> dict[str, int]:
    """limits.yaml."""
    loaded: dict[str, int] = yaml.safe_load((Path(__file__).parent / "limits.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass
class Tree:
    """`table`: int64, one axis a question. `shares`: for each axis the probability of each option (sums to 1)."""

    table: np.ndarray
    shares: Sequence[np.ndarray]
    _memo: dict[State, tuple[int | None, float]] = field(default_factory=dict)

    def cells(self, state: State) -> np.ndarray:
        return self.table[tuple(slice(None) if s is None else s for s in state)]

    def settled(self, state: State) -> bool:
        cells = self.cells(state)
        return bool((cells == cells.flat[0]).all())

    def best(self, state: State) -> tuple[int | None, float]:
        """(axis to ask next, expected questions from here); (None, 0) when settled."""
        known = self._memo.get(state)
        if known is not None:
            return known
        if self.settled(state):
            found: tuple[int | None, float] = (None, 0.0)
        elif self._states(state) <= bounds()["exhaustive_states"]:
            found = min(
                ((axis, self.expected(state, axis)) for axis in self._useful(state)),
                key=lambda a: (round(a[1], 9), a[0]),
            )
        else:
            axis = max(self._useful(state), key=lambda a: (round(self._gain(state, a), 9), -a))
            found = (axis, self.expected(state, axis))
        self._memo[state] = found
        return found

    def expected(self, state: State, axis: int) -> float:
        """Expected questions when `axis` is asked now and the best order follows."""
        after = (self.best((*state[:axis], i, *state[axis + 1 :]))[1] for i in range(self.table.shape[axis]))
        return 1 + float(sum(p * cost for p, cost in zip(self.shares[axis], after, strict=True)))

    def as_written(self, state: State) -> float:
        """Expected questions when asked in the written order, still leaving out what no longer matters."""
        return self._in_order(state, range(len(state)))

    def in_order(self, order: Sequence[int]) -> float:
        """Expected questions for a fixed order of axes from nothing known."""
        return self._in_order((None,) * self.table.ndim, order)

    def _in_order(self, state: State, order: Sequence[int]) -> float:
        useful = [a for a in order if state[a] is None and self._matters(state, a)]
        if not useful:
            return 0.0
        axis = useful[0]
        children = ((*state[:axis], i, *state[axis + 1 :]) for i in range(self.table.shape[axis]))
        return 1 + float(sum(p * self._in_order(c, order) for p, c in zip(self.shares[axis], children, strict=True)))

    def _matters(self, state: State, axis: int) -> bool:
        """Whether the answer can still change the outcome."""
        at = sum(1 for s in state[:axis] if s is None)
        cells = np.moveaxis(self.cells(state), at, 0)
        return bool((cells != cells[:1]).any())

    def _useful(self, state: State) -> list[int]:
        return [a for a, s in enumerate(state) if s is None and self._matters(state, a)]

    def _states(self, state: State) -> int:
        return math.prod(n + 1 for n, s in zip(self.table.shape, state, strict=True) if s is None)

    def _weights(self, state: State) -> np.ndarray:
        weights = np.ones(())
        for axis, s in enumerate(state):
            if s is None:
                weights = np.multiply.outer(weights, self.shares[axis])
        return weights

    def _gain(self, state: State, axis: int) -> float:
        """Expected fall of the outcome's entropy, in bits, when `axis` is answered."""
        after = 0.0
        for i, p in enumerate(self.shares[axis]):
            child = (*state[:axis], i, *state[axis + 1 :])
            _, inverse = np.unique(self.cells(child), return_inverse=True)
            mass = np.bincount(inverse.ravel(), weights=self._weights(child).ravel())
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
        return Tree(table, shares)


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

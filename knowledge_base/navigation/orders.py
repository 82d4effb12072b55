"""How many questions an order of asking takes, for each combination of answers: what orders are compared by."""

from collections.abc import Callable, Sequence

import numpy as np

from .tree import State, Tree

Order = Callable[[Tree, State], Sequence[tuple[State, ...]]]
"""What may be asked in a state, each equally likely: the states that the options lead to. Empty: nothing more is asked."""


def ours(tree: Tree, state: State) -> Sequence[tuple[State, ...]]:
    ask = tree.best(state).ask
    return [ask.leads] if ask else []


def as_written(tree: Tree, state: State) -> Sequence[tuple[State, ...]]:
    """Single questions in the written order, leaving out what no longer matters."""
    return [tree.children(state, axis) for axis in tree.useful(state)[:1]]


def at_random(tree: Tree, state: State) -> Sequence[tuple[State, ...]]:
    """Single questions in any order, leaving out what no longer matters."""
    return [tree.children(state, axis) for axis in tree.useful(state)]


def every(tree: Tree, state: State) -> Sequence[tuple[State, ...]]:
    """Every question, whether it matters or not, as a paper form would."""
    return [tree.children(state, axis) for axis, s in enumerate(state) if s is None][:1]


def questions(tree: Tree, order: Order) -> np.ndarray:
    """Expected questions for each cell of the table."""
    memo: dict[State, np.ndarray] = {}

    def below(state: State) -> np.ndarray:
        if state not in memo:
            shape = [n for n, s in zip(tree.table.shape, state, strict=True) if s is None]
            ways = order(tree, state)
            memo[state] = np.zeros(shape)
            for leads in ways:
                for lead in leads:
                    at = tuple(slice(None) if b is None else b for a, b in zip(state, lead, strict=True) if a is None)
                    memo[state][at] += (1 + below(lead)) / len(ways)
        return memo[state]

    return below(tree.start)


def mean(tree: Tree, order: Order) -> float:
    """Over applicants: each combination as often as it occurs."""
    return float((tree.weights(tree.start) * questions(tree, order)).sum())


def by_outcome(tree: Tree, order: Order) -> np.ndarray:
    """For each outcome, however rare, the questions on the way to it."""
    _, numbers = np.unique(tree.table, return_inverse=True)
    weights = tree.weights(tree.start).ravel()
    asked = np.bincount(numbers.ravel(), weights=weights * questions(tree, order).ravel())
    return np.asarray(asked / np.bincount(numbers.ravel(), weights=weights))

"""The order of questions against an independent search of all adaptive orders, on small tables nobody chose."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.navigation.tree import Tree

shapes = st.lists(st.integers(min_value=2, max_value=3), min_size=1, max_size=3)


@st.composite
def tables(draw: st.DrawFn) -> Tree:
    shape = draw(shapes)
    size = int(np.prod(shape))
    cells = draw(st.lists(st.integers(min_value=0, max_value=3), min_size=size, max_size=size))
    shares = []
    for n in shape:
        raw = np.array(draw(st.lists(st.integers(min_value=1, max_value=9), min_size=n, max_size=n)), dtype=float)
        shares.append(raw / raw.sum())
    return Tree(np.array(cells, dtype=np.int64).reshape(shape), shares)


def fewest(tree: Tree) -> float:
    """Least expected questions by trying every question first, written apart from the engine."""
    table = tree.table

    @cache
    def cost(state: tuple[int, ...]) -> float:
        open_cells = table[tuple(slice(None) if s < 0 else s for s in state)]
        if np.unique(open_cells).size == 1:
            return 0.0
        tries = []
        for axis, at in enumerate(state):
            if at < 0:
                ways = [(*state[:axis], i, *state[axis + 1 :]) for i in range(table.shape[axis])]
                tries.append(1 + sum(float(p) * cost(w) for p, w in zip(tree.shares[axis], ways, strict=True)))
        return min(tries)

    return cost((-1,) * table.ndim)


@settings(max_examples=300, deadline=None)
@given(tables())
def test_no_order_asks_fewer_questions(tree: Tree) -> None:
    _, expected = tree.best((None,) * tree.table.ndim)
    assert abs(expected - fewest(tree)) < 1e-9


@settings(max_examples=150, deadline=None)
@given(tables())
def test_what_is_asked_can_still_change_the_outcome(tree: Tree) -> None:
    axis, _ = tree.best((None,) * tree.table.ndim)
    if axis is None:
        assert np.unique(tree.table).size == 1
    else:
        cells = np.moveaxis(tree.table, axis, 0)
        assert (cells != cells[:1]).any()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_the_written_order_never_beats_ours(tree: Tree) -> None:
    start = (None,) * tree.table.ndim
    assert tree.best(start)[1] <= tree.as_written(start) + 1e-9

"""The choice of questions against an independent search of all of them, on small tables nobody chose; and what it comes to."""

import itertools
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.city import City
from knowledge_base.navigation import Navigator, orders
from knowledge_base.navigation.tree import State, Tree, bounds
from knowledge_base.stats import compared

MOST_QUESTIONS = 1.5
FEWER_AT_LEAST = 0.3
WORD = 4
"""Characters that one answer takes in a label of these tests."""

shapes = st.lists(st.integers(min_value=2, max_value=3), min_size=1, max_size=3)


def two_words(start: State, lead: State) -> int | None:
    """Labels of at most two answers."""
    answers = sum(a != b for a, b in zip(start, lead, strict=True))
    return WORD * answers if answers <= 2 else None


@st.composite
def tables(draw: st.DrawFn) -> Tree:
    shape = draw(shapes)
    size = int(np.prod(shape))
    cells = draw(st.lists(st.integers(min_value=0, max_value=3), min_size=size, max_size=size))
    shares = []
    for n in shape:
        raw = np.array(draw(st.lists(st.integers(min_value=1, max_value=9), min_size=n, max_size=n)), dtype=float)
        shares.append(raw / raw.sum())
    characters = draw(st.sampled_from([None, two_words]))
    return Tree(np.array(cells, dtype=np.int64).reshape(shape), shares, characters)


def least_effort(tree: Tree) -> float:
    """Least expected effort by trying every question first, single and composed, written apart from the engine."""
    table, limits = tree.table, bounds()

    def ways(state: State, axis: int) -> list[State]:
        return [(*state[:axis], i, *state[axis + 1 :]) for i in range(table.shape[axis])]

    def share(start: State, lead: State) -> float:
        changed = [(a, i) for a, (s, i) in enumerate(zip(start, lead, strict=True)) if s is None and i is not None]
        return float(np.prod([tree.shares[a][i] for a, i in changed]))

    def divided(state: State, depth: int) -> Iterator[tuple[State, ...]]:
        """Every way to make up a state of options."""
        yield (state,)
        for axis, at in enumerate(state):
            if (
                at is None
                and depth
                and np.unique(table[tuple(slice(None) if s is None else s for s in state)]).size > 1
            ):
                for parts in itertools.product(*(list(divided(w, depth - 1)) for w in ways(state, axis))):
                    yield tuple(itertools.chain(*parts))

    @cache
    def cost(state: State) -> float:
        open_cells = table[tuple(slice(None) if s is None else s for s in state)]
        if np.unique(open_cells).size == 1:
            return 0.0
        tries = []
        for axis, at in enumerate(state):
            if at is None:
                tries.append(1 + sum(share(state, w) * cost(w) for w in ways(state, axis)))
        for leads in set(divided(state, 2)) if tree.characters else ():
            answers = [sum(a != b for a, b in zip(state, lead, strict=True)) for lead in leads]
            if max(answers) == 2 and len(leads) <= limits["composed_options"]:
                read = sum(answers) * WORD * limits["character_cost"]
                tries.append(limits["composed_cost"] + read + sum(share(state, w) * cost(w) for w in leads))
        return min(tries)

    return cost((None,) * table.ndim)


@settings(max_examples=200, deadline=None)
@given(tables())
def test_no_questions_take_less_effort(tree: Tree) -> None:
    assert tree.best(tree.start).cost == pytest.approx(least_effort(tree))


@settings(max_examples=150, deadline=None)
@given(tables())
def test_what_is_asked_can_still_change_the_outcome(tree: Tree) -> None:
    ask = tree.best(tree.start).ask
    if ask is None:
        assert np.unique(tree.table).size == 1
    else:
        cells = np.moveaxis(tree.table, ask.axis, 0)
        assert (cells != cells[:1]).any()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_options_make_up_all_that_is_open_and_never_overlap(tree: Tree) -> None:
    ask = tree.best(tree.start).ask
    covered = np.zeros(tree.table.shape, dtype=int)
    for lead in ask.leads if ask else (tree.start,):
        covered[tuple(slice(None) if s is None else s for s in lead)] += 1
    assert (covered == 1).all()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_one_by_one_the_written_order_never_beats_ours(tree: Tree) -> None:
    single = tree.one_by_one
    ours = orders.mean(single, orders.ours)
    assert ours == pytest.approx(single.best(single.start).questions)
    assert ours <= min(orders.mean(single, o) for o in (orders.as_written, orders.at_random, orders.every)) + 1e-9


def test_the_city_asks_at_least_three_tenths_less_than_as_written(
    navigator: Navigator, city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over applicants, and over outcomes however rare."""
    found = compared([p for t in (*city.items, *city.bundles) if (p := navigator.plan(t)).asked])
    with capsys.disabled():
        print("".join(f"\n{name}: {number}" for name, number in found.items()))
    for scope in ("", "_bundles", "_all", "_several", "_outcomes"):
        ours = found[f"mean_questions{scope}"]
        assert ours <= MOST_QUESTIONS
        assert ours <= (1 - FEWER_AT_LEAST) * found[f"mean_questions{scope}_as_written"]
        assert ours <= (1 - FEWER_AT_LEAST) * found[f"mean_questions{scope}_random"]


def test_every_composed_option_can_be_read(navigator: Navigator, city: City) -> None:
    """As applicants meet them first: few options, short labels that differ, each answer told by itself."""
    limits, seen = bounds(), 0
    for target in (*city.items, *city.bundles):
        question = navigator.step(target).question
        if question is None or len(question.facts) < 2:
            continue
        seen += 1
        *options, unknown = question.options
        labels = [o.label for o in options]
        assert len(set(labels)) == len(labels) <= limits["composed_options"], target
        assert all(len(label) <= limits["composed_characters"] for label in labels), target
        assert all(1 <= len(o.facts) <= limits["composed_facts"] for o in options), target
        assert all(question.fact in o.facts and o.facts[question.fact] == o.value for o in options), target
        assert unknown.facts == {"one_by_one": True}
    assert seen > 80

"""A bundle merges its items: shared facts once, every paper once, in an order that works."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.city import City
from knowledge_base.navigation import Navigator
from knowledge_base.navigation.questions import Asked, merge_questions, resolve_question
from knowledge_base.outcome import Outcome
from knowledge_base.schema import Fact, FactType, Option, OutcomeKind, Question, Submission

from .flow import drive

STRICT = [Submission.REQUIRED, Submission.COMMITMENT, Submission.DEFERRABLE, Submission.OPTIONAL, Submission.EXEMPT]


def ends(navigator: Navigator, city: City, each: int) -> list[tuple[str, Outcome]]:
    """Some random ends of every bundle."""
    rng = random.Random(7)
    found = []
    for key in city.bundles:
        for _ in range(each):
            outcome = drive(navigator, key, lambda q: rng.choice(q.options[:-1]))[-1].outcome
            assert outcome is not None
            found.append((key, outcome))
    return found


@pytest.fixture(scope="module")
def outcomes(navigator: Navigator, city: City) -> list[tuple[str, Outcome]]:
    return ends(navigator, city, 8)


def test_presets_are_never_asked(navigator: Navigator, city: City) -> None:
    for key, bundle in city.bundles.items():
        asked = [a.fact.id for a in navigator.plan(key).asked]
        assert not set(asked) & set(bundle.preset)
        assert len(asked) == len(set(asked)), "a shared fact is one question"


def test_every_paper_stands_once_at_its_strictest(outcomes: list[tuple[str, Outcome]]) -> None:
    shared = 0
    for _, outcome in outcomes:
        handled = [p for p in outcome.parts if p.kind is OutcomeKind.HANDLE]
        merged = {m.id: m for m in outcome.materials}
        assert len(merged) == len(outcome.materials)
        assert set(merged) == {m.id for p in handled for m in p.materials}
        issued = {p.result for p in handled}
        for key, material in merged.items():
            uses = [m for p in handled for m in p.materials if m.id == key]
            shared += len(uses) > 1
            if material.name in issued:
                assert material.submission is Submission.EXEMPT
            else:
                assert material.submission == min((u.submission for u in uses), key=STRICT.index)
            assert material.originals == max(u.originals for u in uses)
            assert set(material.items) == {p.title for p in handled if any(m.id == key for m in p.materials)}
    assert shared, "no bundle shares a paper: the merge was not tried"


def test_items_come_after_what_they_depend_on(outcomes: list[tuple[str, Outcome]], city: City) -> None:
    depending = 0
    for key, outcome in outcomes:
        place = {p.target: i for i, p in enumerate(outcome.parts)}
        for part in city.bundles[key].items:
            for before in part.after:
                if part.item in place and before in place:
                    depending += 1
                    assert place[before] < place[part.item]
    assert depending


def test_visits_and_fees_add_up_over_the_parts(outcomes: list[tuple[str, Outcome]]) -> None:
    for _, outcome in outcomes:
        handled = [p for p in outcome.parts if p.kind is OutcomeKind.HANDLE]
        assert outcome.visits.number == sum(p.visits.number or 0 for p in handled)
        totals = [p.fee.total for p in handled]
        if None in totals:
            assert outcome.fee.total is None
        else:
            assert outcome.fee.total == sum(t or 0.0 for t in totals)
        for part in handled:
            assert part.title in "".join(outcome.fee.lines)


def test_days_are_the_longest_chain_of_waiting(outcomes: list[tuple[str, Outcome]], city: City) -> None:
    for key, outcome in outcomes:
        after = {part.item: part.after for part in city.bundles[key].items}
        days = {p.target: p.limit.working_days or 0.0 for p in outcome.parts if p.kind is OutcomeKind.HANDLE}

        def until(target: str, days: dict[str, float] = days, after: dict[str, tuple[str, ...]] = after) -> float:
            return days[target] + max((until(a, days, after) for a in after[target] if a in days), default=0.0)

        longest = max((until(t) for t in days), default=0.0)
        assert (outcome.limit.working_days or 0.0) == pytest.approx(longest)


def test_an_item_that_the_answers_do_not_need_is_left_out_or_says_why(
    outcomes: list[tuple[str, Outcome]], city: City
) -> None:
    for _, outcome in outcomes:
        for part in outcome.parts:
            assert part.kind is OutcomeKind.HANDLE or part.explanation
    conditional = [(key, part.item) for key, b in city.bundles.items() for part in b.items if part.when]
    assert conditional, "no bundle has an item that only some need"


cuts = st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=3, unique=True).map(sorted)


def asked_with(cut: list[int], fact: Fact) -> Asked:
    """A question whose options are cut at these numbers."""
    bounds = [f"<={cut[0]}", *(f">{a} <={b}" for a, b in pairwise(cut)), f">{cut[-1]}"]
    return resolve_question(Question(fact=fact.id, options=tuple(Option(range=r) for r in bounds)), fact)


@given(cuts, cuts, st.integers(min_value=0, max_value=82).map(lambda n: n / 2))
def test_a_quantity_that_items_cut_differently_is_asked_once_and_answers_each(
    first: list[int], second: list[int], number: float
) -> None:
    fact = Fact(id="area", type=FactType.QUANTITY, label="面积", question="多大？", unit="平方米")
    one, two = asked_with(first, fact), asked_with(second, fact)
    merged = merge_questions([one, two])
    assert len(merged.choices) == len({*first, *second}) + 1
    at = merged.index_of(number)
    assert at is not None
    option = merged.choices[at].value
    assert one.index_of(option) == one.index_of(number)
    assert two.index_of(option) == two.index_of(number)
    assert len({c.label for c in merged.choices}) == len(merged.choices)

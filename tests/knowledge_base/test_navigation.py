"""What navigation promises of every target, on answers drawn at random and on every path."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.city import City
from knowledge_base.navigation import ONE_BY_ONE, Navigator, UnknownTarget
from knowledge_base.outcome import AnswerOption, AskedQuestion, Step
from knowledge_base.proof import prove_all
from knowledge_base.schema import UNKNOWN, OutcomeKind

from .flow import Choose, Flow, drive, facts_of, said

SEEDS = st.integers(min_value=0, max_value=2**32)
relaxed = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def at_random(rng: random.Random, unknowns: bool = False) -> Choose:
    def choose(question: AskedQuestion) -> AnswerOption:
        return rng.choice(question.options if unknowns else question.options[:-1])

    return choose


def fits(option: AnswerOption, led: Step) -> bool:
    """Whether this is what was answered on the way to `led`; anything where it was not asked."""
    ((fact, value),) = option.facts.items()
    return facts_of(led).get(fact, value) == value


def any_target(city: City, rng: random.Random) -> str:
    return rng.choice([*city.items, *city.bundles])


def test_every_path_of_every_situation_is_walked(
    navigator: Navigator, city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    proofs = prove_all(navigator)
    with capsys.disabled():
        print(f"\npaths walked: {sum(p.paths for p in proofs)} of {len(proofs)} items and bundles")
    assert {p.target for p in proofs if p.problems} == set()
    assert all(p.paths >= 1 for p in proofs)
    asking = [p for p in proofs if city.items.get(p.target) and city.items[p.target].questions]
    assert all(p.paths > 1 for p in asking)


@relaxed
@given(SEEDS)
def test_every_conversation_ends_and_never_asks_what_is_known(navigator: Navigator, city: City, seed: int) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    steps = drive(navigator, target, at_random(rng))
    assert steps[-1].outcome is not None
    assert len(steps) - 1 <= len(navigator.plan(target).asked)
    assert not steps[-1].dropped
    remaining = [s.question.remaining for s in steps if s.question]
    assert all(r >= 1 for r in remaining)


@relaxed
@given(SEEDS)
def test_a_client_that_knows_only_single_facts_comes_to_the_same_end(
    navigator: Navigator, city: City, seed: int
) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    steps = drive(navigator, target, at_random(rng, unknowns=True), simple=True)
    end = steps[-1].outcome
    assert end is not None
    assert len(steps) - 1 <= len(navigator.plan(target).asked)
    assert said(end) == said(navigator.step(target, facts_of(steps[-1])).outcome or end)


@relaxed
@given(SEEDS)
def test_asked_one_by_one_it_ends_the_same(navigator: Navigator, city: City, seed: int) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    led = drive(navigator, target, at_random(rng))[-1]
    steps = drive(navigator, target, lambda q: next(o for o in q.options if fits(o, led)), {ONE_BY_ONE: True})
    assert all(len(s.question.facts) == 1 for s in steps if s.question)
    assert led.outcome is not None
    assert steps[-1].outcome is not None
    assert steps[-1].outcome.materials == led.outcome.materials
    assert ONE_BY_ONE not in {f.fact for f in steps[-1].outcome.facts}


@relaxed
@given(SEEDS)
def test_the_order_of_answers_does_not_matter(navigator: Navigator, city: City, seed: int) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    end = drive(navigator, target, at_random(rng), {"region": "210804"})[-1]
    facts = list(facts_of(end).items())
    rng.shuffle(facts)
    again = navigator.step(target, dict(facts))
    assert end.outcome is not None
    assert again.outcome is not None
    assert said(again.outcome) == said(end.outcome)


@relaxed
@given(SEEDS)
def test_facts_known_from_the_start_are_used_and_never_asked(navigator: Navigator, city: City, seed: int) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    asked = navigator.plan(target).asked
    known = {a.fact.id: rng.choice(a.choices).sample for a in asked if rng.random() < 0.5}
    end = drive(navigator, target, at_random(rng), known)[-1]
    assert known.items() <= facts_of(end).items()


@relaxed
@given(SEEDS)
def test_changing_one_answer_keeps_the_others(navigator: Navigator, city: City, seed: int) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    before = facts_of(drive(navigator, target, at_random(rng))[-1])
    if not before:
        return
    changed = rng.choice(sorted(before))
    asked = next(a for a in navigator.plan(target).asked if a.fact.id == changed)
    facts = {**before, changed: rng.choice(asked.choices).value}
    after = facts_of(drive(navigator, target, at_random(rng), facts)[-1])
    assert facts.items() <= after.items()


@relaxed
@given(SEEDS)
def test_not_knowing_has_a_way_on(navigator: Navigator, city: City, seed: int) -> None:
    rng = random.Random(seed)
    target = any_target(city, rng)
    end = drive(navigator, target, at_random(rng, unknowns=True))[-1]
    assert end.outcome is not None
    assert end.outcome.situation
    assert end.outcome.fee.text
    assert end.outcome.limit.text


def test_knowing_nothing_still_tells_all_that_may_be_needed(navigator: Navigator, city: City) -> None:
    for target in (*city.items, *city.bundles):
        steps = drive(navigator, target, lambda question: question.options[-1])
        outcome = steps[-1].outcome
        assert outcome is not None
        if target in city.items and outcome.kind is OutcomeKind.HANDLE:
            item = city.items[target]
            always = {m.material for m in item.materials if not m.when}
            assert always <= {m.id for m in outcome.materials}


def test_what_does_not_fit_is_dropped_and_told(navigator: Navigator) -> None:
    step = navigator.step("food-licence", {"no_such_fact": 1.0, "food_matter": "sell", "region": "北京"})
    assert {d.fact for d in step.dropped} == {"no_such_fact", "food_matter", "region"}
    assert all(d.reason for d in step.dropped)
    assert step.facts == ()
    assert step.question is not None


def test_an_unknown_target_is_refused(navigator: Navigator) -> None:
    with pytest.raises(UnknownTarget):
        navigator.step("no-such-item")


def test_the_region_is_never_asked_and_narrows_the_places(navigator: Navigator, city: City) -> None:
    for target in city.items:
        assert all(a.fact.id != "region" for a in navigator.plan(target).asked)
    for said_region in ("210804", "鲅鱼圈", "鲅鱼圈区"):
        outcome = navigator.step("resident-id-card", {"region": said_region, "id_card_matter": UNKNOWN}).outcome
        places = outcome.places if outcome else navigator.overview("resident-id-card").places
        assert places
    narrowed = Flow(navigator, "food-licence", region="鲅鱼圈", food_matter="cancel", by_proxy=False).ends()
    assert narrowed.region == "210804"
    assert {p.region for p in narrowed.places} == {"210804"}
    anywhere = Flow(navigator, "food-licence", food_matter="cancel", by_proxy=False).ends()
    assert len(anywhere.places) > len(narrowed.places)


def test_food_licence_walked_question_by_question(navigator: Navigator) -> None:
    """One flow with its wording's choices; a longer or shorter walk than written here fails."""
    flow = Flow(navigator, "food-licence").asks("food_matter", "new", "change", "renew", "replace", "cancel")
    ended = flow.says("new").asks("food_scope").picks("现做现卖", "负责人办").ends()
    assert (ended.kind, ended.handling_item_id) == (OutcomeKind.HANDLE, "food-licence-new")
    assert "food-premises-layout" in {m.id for m in ended.materials}
    assert "food-licence-paper" not in {m.id for m in ended.materials}
    assert all(m.reason and m.submission_label for m in ended.materials)
    assert "power-of-attorney" not in {m.id for m in ended.materials}

    packaged = Flow(navigator, "food-licence").says("new").picks("只卖包装好的").ends()
    assert (packaged.kind, packaged.other_item) == (OutcomeKind.OTHER_ITEM, "prepackaged-food-filing")
    assert packaged.explanation
    assert packaged.other_item_title

    cancelled = Flow(navigator, "food-licence").says("cancel").asks("by_proxy", False, True).says(True).ends()
    assert cancelled.handling_item_id == "food-licence-cancel"
    assert {"food-licence-paper", "power-of-attorney", "agent-id-card"} <= {m.id for m in cancelled.materials}

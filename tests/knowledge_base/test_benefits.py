"""Who is entitled to what: verdicts with their clause, the next question, expiry."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from knowledge_base.benefit_question import next_question, values_of
from knowledge_base.benefits import BenefitMatch, ConditionVerdict, Verdict, benefits_on, match, problem_of
from knowledge_base.city import City
from knowledge_base.conditions import parse_range
from knowledge_base.schema import Audience, Benefit, FactType, FactValue, Policy

DAY = date(2026, 11, 23)
MOST_SCREENS = 20
MOST_FACTS = 60
WANTED = 40
ELDER: dict[str, FactValue] = {
    "audience": "person",
    "person_age": 82.0,
    "family_status": "dibao",
    "needs_long_care": True,
}


def of(city: City, facts: dict[str, FactValue], benefit: str, as_of: date = DAY) -> BenefitMatch:
    return next(m for m in match(city, facts, as_of=as_of) if m.policy.id == benefit)


def test_there_are_enough_and_every_condition_has_a_clause(city: City) -> None:
    found = list(benefits_on(city, None, DAY))
    assert len(found) >= WANTED
    for m in match(city, {}, as_of=DAY):
        assert m.conditions
        assert all(c.clause and (c.clause.article or c.clause.gist) for c in m.conditions), m.policy.id


def test_who_qualifies_is_told(city: City) -> None:
    assert of(city, ELDER, "benefit-care-allowance").verdict is Verdict.QUALIFIES


def test_the_condition_that_failed_is_told_with_its_clause(city: City) -> None:
    found = of(city, {**ELDER, "person_age": 79.0}, "benefit-old-allowance")
    assert found.verdict is Verdict.NOT
    (failed,) = found.failed
    assert failed.clause
    assert failed.clause.article == "第三十三条第二款"


def test_what_is_missing_is_told_with_the_question(city: City) -> None:
    found = of(city, {"person_age": 70.0, "family_status": "dibao"}, "benefit-care-allowance")
    assert found.verdict is Verdict.UNKNOWN
    (missing,) = found.missing
    assert missing.fact == "needs_long_care"
    assert missing.question.endswith("？")
    assert not missing.asked


def test_not_knowing_is_an_answer_and_is_not_asked_again(city: City) -> None:
    facts: dict[str, FactValue] = {**ELDER, "needs_long_care": "unknown"}
    found = of(city, facts, "benefit-care-allowance")
    assert found.verdict is Verdict.UNKNOWN
    assert [m.fact for m in found.missing if m.asked] == ["needs_long_care"]
    question = next_question(city, facts, as_of=DAY)
    assert question
    assert "needs_long_care" not in {question.fact, *(t.fact for t in question.together)}


def test_a_failed_condition_decides_beside_a_missing_one(city: City) -> None:
    assert of(city, {"person_age": 30.0}, "benefit-care-allowance").verdict is Verdict.NOT


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"no_support": True, "person_age": 70.0}, Verdict.QUALIFIES),
        ({"no_support": True, "person_age": 10.0}, Verdict.QUALIFIES),
        ({"no_support": True, "person_age": 30.0}, Verdict.UNKNOWN),
        ({"no_support": True, "person_age": 30.0, "disability_card": "severe"}, Verdict.QUALIFIES),
        ({"no_support": True, "person_age": 30.0, "disability_card": "mild"}, Verdict.NOT),
    ],
)
def test_one_of_the_alternatives_is_enough(city: City, facts: dict[str, FactValue], verdict: Verdict) -> None:
    assert of(city, facts, "benefit-extreme-hardship-aid").verdict is verdict


def test_a_range_that_is_partly_inside_leaves_it_open(city: City) -> None:
    assert (
        of(city, {"person_age": ">=60 <85"}, "benefit-old-allowance").conditions[0].verdict is ConditionVerdict.MISSING
    )
    assert of(city, {"person_age": ">=80 <85"}, "benefit-old-allowance").conditions[0].verdict is ConditionVerdict.MET
    assert of(city, {"person_age": "<80"}, "benefit-old-allowance").conditions[0].verdict is ConditionVerdict.FAILED


def test_an_expired_benefit_never_matches(city: City) -> None:
    facts: dict[str, FactValue] = {"buys_new_energy_car": True}
    assert of(city, facts, "benefit-nev-tax-half", date(2027, 12, 31)).verdict is Verdict.QUALIFIES
    for day in (date(2028, 1, 1), date(2025, 12, 31)):
        assert "benefit-nev-tax-half" not in {m.policy.id for m in match(city, facts, as_of=day)}


def test_the_order_is_yes_then_open_then_no(city: City) -> None:
    verdicts = [m.verdict for m in match(city, ELDER, as_of=DAY)]
    assert verdicts == sorted(verdicts, key=list(Verdict).index)
    assert set(verdicts) == set(Verdict)


def test_the_audience_is_asked_first_and_filters(city: City) -> None:
    first = next_question(city, {}, as_of=DAY)
    assert first
    assert first.fact == "audience"
    for audience in Audience:
        found = match(city, {"audience": audience.value}, as_of=DAY)
        assert found == match(city, {}, audience, DAY)
        assert {m.policy.benefit.audience for m in found if m.policy.benefit} == {audience}


def test_what_is_no_answer_is_not_used(city: City) -> None:
    assert problem_of(city, "family_status", "rich")
    assert problem_of(city, "person_age", ">9 <3")
    assert problem_of(city, "no_such_fact", True)
    assert not problem_of(city, "person_age", "unknown")
    assert match(city, {"person_age": True}, as_of=DAY) == match(city, {}, as_of=DAY)


def test_a_quantity_is_cut_where_conditions_cut_it(city: City) -> None:
    ranges = [parse_range(str(v)) for v in values_of(city, "person_age", list(city.policies.values()))]
    for age in (0, 16, 17, 18, 49, 59, 60, 64, 65, 79, 80, 100):
        assert sum(float(age) in r for r in ranges) == 1, age
    for value in values_of(city, "person_age", list(city.policies.values())):
        found = match(city, {"person_age": value}, as_of=DAY)
        open_age = [m.policy.id for m in found if any(x.fact == "person_age" for x in m.missing)]
        assert not open_age


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("seed", range(5))
def test_answering_what_is_asked_settles_everything_in_few_screens(city: City, audience: Audience, seed: int) -> None:
    random = Random(seed)
    facts: dict[str, FactValue] = {}
    undecided, screens = len(list(benefits_on(city, audience, DAY))), 0
    while question := next_question(city, facts, audience, DAY):
        assert question.settles > 0
        assert question.fact not in facts
        if question.together:
            facts |= {t.fact: random.random() < 0.2 for t in question.together}
        else:
            facts[question.fact] = random.choice([o.value for o in question.options[:-1]])
        left = sum(m.verdict is Verdict.UNKNOWN for m in match(city, facts, audience, DAY))
        assert left <= undecided
        undecided, screens = left, screens + 1
    assert undecided == 0
    assert screens <= MOST_SCREENS
    assert len(facts) <= MOST_FACTS


def test_not_knowing_anything_comes_to_an_end(city: City) -> None:
    facts: dict[str, FactValue] = {"audience": "person"}
    for _ in range(len(city.facts)):
        question = next_question(city, facts, as_of=DAY)
        if question is None:
            break
        facts[question.fact] = "unknown"
    assert next_question(city, facts, as_of=DAY) is None


def test_the_question_settles_at_least_as_much_as_any_other(city: City) -> None:
    """Against counting it out: mean number of benefits decided over all answers, for every open fact."""
    facts: dict[str, FactValue] = {"audience": "person", "person_age": 70.0}
    question = next_question(city, facts, as_of=DAY)
    assert question
    before = [m for m in match(city, facts, as_of=DAY) if m.verdict is Verdict.UNKNOWN]
    policies = list(city.policies.values())

    def settled(fact: str) -> float:
        values = values_of(city, fact, policies)
        after = [sum(m.verdict is Verdict.UNKNOWN for m in match(city, {**facts, fact: v}, as_of=DAY)) for v in values]
        return len(before) - sum(after) / len(values)

    best = max(settled(f) for f in {x.fact for m in before for x in m.missing})
    assert question.settles == pytest.approx(best, abs=0.001)
    assert settled(question.fact) == pytest.approx(best)


def test_automatic_needs_no_application_and_every_datum(city: City) -> None:
    body = next(p.benefit for p in city.policies.values() if p.benefit and p.benefit.apply == "免申即享")
    assert body.entitlement == "automatic"
    with pytest.raises(ValueError, match="免申即享"):
        Benefit.model_validate({**body.model_dump(mode="json"), "entitlement": "fast"})


def test_a_benefit_round_trips_and_refuses_what_it_does_not_know(city: City) -> None:
    policy = next(p for p in city.policies.values() if p.benefit)
    assert Policy.model_validate(policy.model_dump(mode="json", exclude_unset=True)) == policy
    body = policy.model_dump(mode="json")
    with pytest.raises(ValueError, match="money"):
        Policy.model_validate({**body, "benefit": {**body["benefit"], "money": 1}})


def test_a_city_without_benefits_asks_nothing(city: City) -> None:
    empty = replace(city, policies={})
    assert match(empty, {}, as_of=DAY) == []
    assert next_question(empty, {}, as_of=DAY) is None


def test_yes_no_facts_are_asked_so_that_yes_is_true(city: City) -> None:
    asked = {f for p in city.policies.values() if p.benefit for c in p.benefit.conditions for f in c.when}
    for fact in (city.facts[f] for f in asked):
        if fact.type is FactType.YES_NO:
            assert "是否" in fact.question or "吗" in fact.question, fact.id

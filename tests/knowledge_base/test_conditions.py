"""Ranges and conditions, on numbers nobody thought of."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.conditions import Range, holds, is_range, parse_range, value_matches
from knowledge_base.schema import When

SIGNS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}
numbers = st.integers(min_value=0, max_value=50).map(lambda n: n / 2)
parts = st.lists(st.tuples(st.sampled_from(sorted(SIGNS)), numbers), min_size=1, max_size=3)


def text_of(given_parts: list[tuple[str, float]]) -> str:
    return " ".join(f"{sign}{bound:g}" for sign, bound in given_parts)


def parsed(given_parts: list[tuple[str, float]]) -> Range | None:
    try:
        return parse_range(text_of(given_parts))
    except ValueError:
        return None


@given(parts, numbers)
def test_a_range_holds_exactly_the_numbers_that_every_comparison_holds(
    given_parts: list[tuple[str, float]], number: float
) -> None:
    every = all(SIGNS[sign](number, bound) for sign, bound in given_parts)
    found = parsed(given_parts)
    assert (found is not None and number in found) == every


@given(parts)
def test_a_refused_range_is_empty(given_parts: list[tuple[str, float]]) -> None:
    if parsed(given_parts) is None:
        candidates = sorted({b + d for _, b in given_parts for d in (-0.25, 0, 0.25)})
        assert not any(all(SIGNS[s](n, b) for s, b in given_parts) for n in candidates)


@given(parts)
def test_the_representative_lies_inside(given_parts: list[tuple[str, float]]) -> None:
    found = parsed(given_parts)
    if found is not None:
        assert found.representative() in found


@given(parts, parts, numbers)
def test_within_and_meets_agree_with_membership(
    first: list[tuple[str, float]], second: list[tuple[str, float]], number: float
) -> None:
    a, b = parsed(first), parsed(second)
    if a is None or b is None:
        return
    if a.within(b) and number in a:
        assert number in b
    if number in a and number in b:
        assert a.meets(b)
    assert a.meets(b) == b.meets(a)
    assert a.within(a)
    if a.within(b) and b.within(a):
        assert (number in a) == (number in b)


@pytest.mark.parametrize("text", ["", "50", "大于50", "<= 50平", "50<", "<>5", "<=五十", ">50 <=10", "<5 >5", ">=5 <5"])
def test_what_is_no_range_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match="区间"):
        parse_range(text)


@pytest.mark.parametrize(
    ("wanted", "value", "matches"),
    [
        ("<=50", 50, True),
        ("<=50", 50.5, False),
        (">50 <=200", 51, True),
        ("<=50", "<=30", True),
        ("<=50", "<=60", False),
        ("<=50", True, False),
        (1, True, False),
        (True, 1, False),
        (True, True, True),
        (False, False, True),
        (30, 30.0, True),
        ("company", "company", True),
        ("company", "individual", False),
        ("<=50", "company", False),
        ("<=50", "unknown", False),
        (True, "unknown", False),
    ],
)
def test_one_entry_of_a_condition(wanted: str | float | bool, value: str | float | bool, matches: bool) -> None:
    assert value_matches(wanted, value) is matches


def test_all_facts_must_hold_and_any_of_the_values() -> None:
    when: When = {"kind": ("a", "b"), "area": ("<=50", ">300")}
    assert holds(when, {"kind": "b", "area": 20.0})
    assert holds(when, {"kind": "a", "area": 301.0, "other": True})
    assert not holds(when, {"kind": "b", "area": 100.0})
    assert not holds(when, {"kind": "b"})
    assert holds({}, {})


def test_text_that_is_no_range() -> None:
    assert is_range(">5")
    assert not is_range("company")
    assert not is_range(5)
    assert parse_range(">5").high == math.inf

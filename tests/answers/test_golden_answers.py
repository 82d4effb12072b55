"""Facts from free text, on sayings written from the questions alone: as answers, and in first sentences."""

from pathlib import Path
from typing import Any

import pytest

from answers.desk import Desk
from knowledge_base.conditions import is_number, is_range, value_matches
from knowledge_base.navigation import REGION
from knowledge_base.outcome import AnswerOption, AskedQuestion
from knowledge_base.schema import UNKNOWN
from knowledge_base.yaml_reader import read_yaml

GOLDEN = Path("tests/golden")
ANSWERS_RIGHT = 0.95
OPENING_FACTS_FOUND = 0.7
OPENING_FACTS_WRONG = 0.04
QUESTIONS_LEFT = 1.0


@pytest.fixture(scope="module")
def answers() -> Any:
    return read_yaml((GOLDEN / "answers.yaml").read_bytes())


@pytest.fixture(scope="module")
def openings() -> Any:
    return read_yaml((GOLDEN / "openings.yaml").read_bytes())


def fits(wanted: Any, got: Any) -> bool:
    """Whether a value is the wanted one, or a number in the wanted range."""
    if isinstance(wanted, str) and is_range(wanted):
        return is_number(got) and value_matches(wanted, got)
    return bool(wanted == got) and isinstance(wanted, bool) == isinstance(got, bool)


def question_on(desk: Desk, target: str, fact: str) -> AskedQuestion:
    """The question as this target asks it, whatever else is asked before."""
    plan = desk.navigator.plan(target)
    axis = plan.axis(fact)
    assert axis is not None, f"{target} no longer asks {fact}: adapt the golden set"
    asked = plan.asked[axis]
    options = [AnswerOption(id=str(i), label=c.label, value=c.value) for i, c in enumerate(asked.choices)]
    options.append(AnswerOption(id=UNKNOWN, label="不清楚", value=UNKNOWN))
    return AskedQuestion(
        fact=fact, type=asked.fact.type, text=asked.text, why=asked.why, options=tuple(options), remaining=1.0
    )


def test_the_golden_sets_fit_the_questions(desk: Desk, answers: Any, openings: Any) -> None:
    assert sum(len(a["said"]) for a in answers) >= 300
    assert len(openings) >= 120
    for a in answers:
        options = [o.value for o in question_on(desk, a["target"], a["fact"]).options]
        for said, wanted in a["said"].items():
            if wanted is not None and not (isinstance(wanted, str) and is_range(wanted)) and not is_number(wanted):
                assert wanted in options, f"{a['fact']}: {said} → {wanted}"
    for o in openings:
        for target in [o["target"]] if isinstance(o["target"], str) else o["target"]:
            assert desk.navigator.plan(target)


def test_answers_in_peoples_words_are_understood(desk: Desk, answers: Any, capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[str] = []
    for a in answers:
        question = question_on(desk, a["target"], a["fact"])
        for said, wanted in a["said"].items():
            reading = desk.reader.answer(question, said)
            got = reading.value if reading else None
            if not fits(wanted, got):
                wrong.append(f"{a['fact']}: {said} → {got}, not {wanted}")
    count = sum(len(a["said"]) for a in answers)
    share = 1 - len(wrong) / count
    with capsys.disabled():
        print(f"\nfree-text answers right: {share:.3f} of {count}")
    assert share >= ANSWERS_RIGHT, "\n".join(wrong)


def test_not_knowing_is_understood_as_such(desk: Desk, answers: Any) -> None:
    for a in answers[::8]:
        reading = desk.reader.answer(question_on(desk, a["target"], a["fact"]), "不知道")
        assert reading is not None
        assert reading.value == UNKNOWN


def test_first_sentences_leave_few_questions(desk: Desk, openings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stated = found = invented = 0
    left: list[float] = []
    for o in openings:
        target = o["target"] if isinstance(o["target"], str) else o["target"][0]
        plan = desk.navigator.plan(target)
        read = desk.reader.find(o["said"], [*(a.fact.id for a in plan.asked), REGION])
        got = {fact: reading.value for fact, reading in read.items()}
        wanted = {f: v for f, v in o["facts"].items() if f == REGION or plan.axis(f) is not None}
        stated += len(wanted)
        found += sum(fits(v, got.get(f)) for f, v in wanted.items())
        allowed = {**o.get("also", {}), **o["facts"]}
        invented += sum(f not in allowed or not fits(allowed[f], v) for f, v in got.items())
        question = desk.navigator.step(target, got).question
        left.append(question.remaining if question else 0.0)
    mean = sum(left) / len(left)
    with capsys.disabled():
        print(f"\nopening facts found: {found} of {stated}, wrong: {invented}, questions left: {mean:.2f}")
    assert found / stated >= OPENING_FACTS_FOUND
    assert invented / stated <= OPENING_FACTS_WRONG
    assert mean <= QUESTIONS_LEFT

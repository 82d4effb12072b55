"""Facts from free text: the pending question first, then whatever else a sentence states."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from answers.desk import Desk
from answers.quantities import Reading
from answers.targets import facts_of_text
from knowledge_base.navigation import ONE_BY_ONE
from knowledge_base.outcome import AskedQuestion
from knowledge_base.schema import UNKNOWN

GOLDEN = Path(__file__).parent.parent / "golden"


def question_of(desk: Desk, target: str, fact: str) -> AskedQuestion:
    """The question on `fact` alone, asked as soon as everything else is known."""
    plan = desk.navigator.plan(target)
    facts: dict[str, Any] = {ONE_BY_ONE: True}
    for _ in plan.asked:
        question = desk.navigator.step(target, facts).question
        assert question is not None, f"{target} never asks {fact}"
        if question.fact == fact:
            return question
        facts[question.fact] = question.options[0].value
    raise AssertionError(f"{target} never asks {fact}")


@pytest.mark.parametrize(
    ("target", "fact", "text", "value"),
    [
        ("open-restaurant", "entity_type", "个体的", "individual"),
        ("open-restaurant", "entity_type", "我自己干", "individual"),
        ("open-restaurant", "entity_type", "不是个体，是公司", "company"),
        ("open-restaurant", "entity_type", "不是公司", "individual"),
        ("open-restaurant", "entity_type", "第二个", "company"),
        ("open-restaurant", "entity_type", "2", "company"),
        ("open-restaurant", "entity_type", "说不准", UNKNOWN),
        ("open-restaurant", "premises_area", "六十来平", 60.0),
        ("open-restaurant", "premises_area", "四百", 400.0),
        ("resident-id-card", "id_card_matter", "让人偷了", "lost"),
        ("resident-id-card", "id_card_matter", "到期了", "renew"),
        ("resident-id-card", "is_minor", "8岁", True),
        ("resident-id-card", "is_minor", "三十多岁了", False),
        ("resident-id-card", "is_minor", "不是", False),
    ],
)
def test_answers_the_pending_question(desk: Desk, target: str, fact: str, text: str, value: object) -> None:
    found = desk.reader.answer(question_of(desk, target, fact), text)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("第二个", {"id_card_matter": "renew", "is_minor": False}),
        ("丢了或被偷了补办，已满16周岁", {"id_card_matter": "lost", "is_minor": False}),
        ("孩子的丢了", {"id_card_matter": "lost", "is_minor": True}),
        ("让人偷了", {"id_card_matter": "lost"}),
        ("8岁", {"is_minor": True}),
        ("最后一个", {"is_minor": True}),
        ("不知道", {ONE_BY_ONE: True}),
        ("是的", {}),
        ("今天天气不错", {}),
    ],
)
def test_answers_a_composed_question(desk: Desk, text: str, facts: dict[str, object]) -> None:
    question = desk.navigator.step("resident-id-card").question
    assert question is not None
    assert set(question.facts) == {"id_card_matter", "is_minor"}
    found = desk.reader.answers(question, text)
    assert {fact: reading.value for fact, reading in found.items()} == facts


@pytest.mark.parametrize("text", ["今天天气不错", "你们几点上班", "……"])
def test_what_is_no_answer_is_not_taken(desk: Desk, text: str) -> None:
    assert desk.reader.answer(question_of(desk, "open-restaurant", "entity_type"), text) is None


def test_a_sentence_states_several_facts(desk: Desk) -> None:
    found = facts_of_text(desk, "我想在站前区开个小饭馆六十来平，个体的", "open-restaurant")
    assert {f: r.value for f, r in found.items()} == {
        "region": "210802",
        "entity_type": "individual",
        "premises_area": 60.0,
    }


def test_a_handling_item_named_states_its_fact(desk: Desk) -> None:
    assert facts_of_text(desk, "身份证丢了怎么办", "resident-id-card")["id_card_matter"].value == "lost"


def test_the_last_district_that_is_not_denied_counts(desk: Desk) -> None:
    assert desk.reader.region("不是站前，是鲅鱼圈") == Reading("210804", "鲅鱼圈")
    assert desk.reader.region("营口市") is None


def cases(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((GOLDEN / name).read_text(encoding="utf-8"))
    return loaded

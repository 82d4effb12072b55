"""The Rasa project's files against each other, both ways."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.assistant import project

LEAST_PHRASINGS = 30
LEAST_BROAD = {"find_service": 150, "ask_general": 120, "out_of_scope": 80}
CHINESE = re.compile("[\u3400-\u9fff，。；：！？、]")
ARCHITECTURE = (project.ROOT / "docs" / "architecture.md").read_text("utf-8")
PYTHON = sorted(p for p in project.ASSISTANT.rglob("*.py"))


def outcomes() -> set[str]:
    """The names of architecture.md that an act may come to."""
    listed = ARCHITECTURE.split("Outcomes that come back", 1)[1].split("Social intents", 1)[0]
    return {name for name in re.findall(r"`([a-z_]+)`", listed) if name != "utter_"}


def acts() -> set[str]:
    """The acts of architecture.md."""
    table = ARCHITECTURE.split("| act | extra fields", 1)[1].split("Outcomes that come back", 1)[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z]+)`", row)}


def test_every_intent_has_training_text_and_every_text_an_intent() -> None:
    learned = set(project.domain()["intents"]) - project.SENT_BY_GATEWAY
    assert set(project.phrasings()) == learned
    assert len(learned) >= 25


def test_one_file_an_intent() -> None:
    for path in (project.ROOT / "nlu_data").glob("*.yml"):
        assert [block["intent"] for block in project.read(path)["nlu"]] == [path.stem]


def test_every_intent_has_a_rule_and_every_rule_an_intent() -> None:
    assert set(project.steps("intent")) == set(project.domain()["intents"]) | project.MADE_BY_RASA


def test_rules_of_one_intent_never_overlap() -> None:
    """Several rules for an intent differ in a slot's value; otherwise Rasa would have to guess."""
    seen: dict[str, list[dict[str, bool]]] = {}
    for rule in project.rules():
        wanted = {k: v for c in rule.get("condition", []) for s in c["slot_was_set"] for k, v in s.items()}
        for other in seen.setdefault(rule["steps"][0]["intent"], []):
            assert any(other.get(slot) != value for slot, value in wanted.items() if slot in other), rule["rule"]
        seen[rule["steps"][0]["intent"]].append(wanted)


@pytest.mark.parametrize("slot", ["pending"])
def test_rules_that_look_at_a_slot_cover_both_of_its_values(slot: str) -> None:
    values: dict[str, set[bool]] = {}
    for rule in project.rules():
        for condition in rule.get("condition", []):
            for one in condition["slot_was_set"]:
                if slot in one:
                    values.setdefault(rule["steps"][0]["intent"], set()).add(one[slot])
    assert values
    assert all(seen == {True, False} for seen in values.values()), values


def test_every_action_of_the_rules_exists_and_every_action_is_used() -> None:
    domain = project.domain()
    called = {a for a in project.steps("action") if a.startswith("action_")}
    assert called == set(domain["actions"])
    said = {a for a in project.steps("action") if a.startswith("utter_")}
    assert said <= set(domain["responses"])


def test_every_act_of_the_contract_is_an_action() -> None:
    assert {f"action_{act}" for act in acts()} == set(project.domain()["actions"])


def test_every_outcome_of_the_contract_has_its_words() -> None:
    assert len(outcomes()) > 15
    assert {f"utter_{name}" for name in outcomes()} <= set(project.domain()["responses"])


def test_no_words_are_written_that_nothing_says() -> None:
    spoken = set(project.steps("action")) | {f"utter_{name}" for name in outcomes()}
    spoken |= set(re.findall(r'"(utter_[a-z_]+)"', "".join(p.read_text("utf-8") for p in PYTHON)))
    assert set(project.domain()["responses"]) - spoken == {"utter_unavailable"}


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(project.ASSISTANT)))
def test_no_wording_in_python(path: Path) -> None:
    strings = (n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant))
    assert [s for s in strings if isinstance(s, str) and CHINESE.search(s)] == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(project.ASSISTANT)))
def test_files_keep_to_one_job(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 250


def test_an_intent_has_enough_phrasings() -> None:
    counts = {intent: len(texts) for intent, texts in project.phrasings().items()}
    few = {i: n for i, n in counts.items() if n < LEAST_BROAD.get(i, LEAST_PHRASINGS)}
    assert few == {}


def test_no_phrasing_stands_twice() -> None:
    counts = Counter(text.lower() for texts in project.phrasings().values() for text in texts)
    assert [text for text, n in counts.items() if n > 1] == []


def test_held_out_utterances_are_held_out() -> None:
    trained = {text.lower() for texts in project.phrasings().values() for text in texts}
    cases = project.held_out()
    assert len(cases) >= 200
    assert {intent for _, intent in cases} == set(project.phrasings())
    assert [text for text, _ in cases if text.lower() in trained] == []


def test_wording_is_polite_plain_and_whole() -> None:
    for name, variants in project.domain()["responses"].items():
        for text in (variant["text"] for variant in variants):
            assert not re.search(r"[,;!?](?=[\u4e00-\u9fff])", text), f"{name}: half-width punctuation"
            assert "你" not in text, f"{name}: 您 throughout"
            assert all(v.startswith("v_") for v in re.findall(r"{(\w+)}", text)), name

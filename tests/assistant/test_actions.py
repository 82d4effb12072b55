"""The action server over HTTP, as Rasa calls it, before a product that answers, fails, hangs or is gone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.assistant import project
from tests.assistant.conftest import Bot
from tests.assistant.processes import TOKEN, action_server, reply

FIELDS = sorted(i.removeprefix("ask_") for i in project.steps("intent") if i.startswith("ask_"))
LONGEST_WAIT_SECONDS = 8.0


def call(actions: str, action: str, text: str = "", intent: str = "", **entities: str) -> dict[str, Any]:
    latest = {
        "text": text,
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    tracker = {
        "sender_id": "a-conversation",
        "slots": {"has_target": True, "pending": False},
        "latest_message": latest,
        "events": [],
        "paused": False,
        "latest_action_name": None,
        "active_loop": {},
    }
    body = {"next_action": action, "tracker": tracker, "domain": {}, "sender_id": "a-conversation", "version": "3.6.21"}
    answer = httpx.post(f"{actions}/webhook", json=body, timeout=20, trust_env=False)
    answer.raise_for_status()
    result: dict[str, Any] = answer.json()
    return result


def said(result: dict[str, Any]) -> list[str]:
    return [r["response"] for r in result["responses"] if r["response"]]


def slots(result: dict[str, Any]) -> dict[str, Any]:
    return {e["name"]: e["value"] for e in result["events"] if e["event"] == "slot"}


@pytest.mark.parametrize("action", project.domain()["actions"])
def test_every_action_asks_for_its_act(bot: Bot, action: str) -> None:
    call(bot.actions, action, text="开饭店")
    (asked,) = bot.product.asked
    assert asked["path"] == "/internal/dialogue"
    assert asked["act"] == action.removeprefix("action_")
    assert asked["conversation"] == "a-conversation"
    assert asked["slots"] == {"has_target": True, "pending": False}
    assert bot.product.tokens == [TOKEN]


def test_an_option_brings_its_token(bot: Bot) -> None:
    call(bot.actions, "action_choose", text='/choose{"token": "abc"}', intent="choose", token="abc")
    assert bot.product.asked[0]["token"] == "abc"


def test_an_answer_brings_the_words_and_not_the_envelope(bot: Bot) -> None:
    assert bot.act("envelope", '/answer{"text": "六十来平"}')["text"] == "六十来平"


@pytest.mark.parametrize("field", [f for f in FIELDS if f not in ("general", "policy", "progress", "capabilities")])
def test_the_intent_names_the_field(bot: Bot, field: str) -> None:
    call(bot.actions, "action_field", text="那个呢", intent=f"ask_{field}")
    assert bot.product.asked[0]["field"] == field


def test_words_then_cards_then_options(bot: Bot) -> None:
    card = {"type": "guide", "text": None, "card": {"title": "居民身份证"}}
    options = [{"id": "t1", "label": "鲅鱼圈区"}]
    bot.product.answer = lambda asked: reply(
        "guide_ready", values={"title": "居民身份证", "text": "x"}, cards=[card], options=options,
        slots={"has_target": True, "pending": None},
    )  # fmt: skip
    result = call(bot.actions, "action_find", text="补身份证")
    words, guide, choice = result["responses"]
    assert words["response"] == "utter_guide_ready"
    assert words["v_title"] == "居民身份证"
    assert not words["text"]  # a value called `text` must not become the message
    assert guide["custom"] == {"type": "guide", "card": {"title": "居民身份证"}}
    assert choice["custom"] == {"type": "options", "options": options}
    assert slots(result) == {"has_target": True, "pending": False}
    assert {"event": "followup", "timestamp": None, "name": "action_listen"} in result["events"]


@pytest.mark.parametrize(
    ("values", "outcome", "expected"),
    [
        ({"opening": "食品经营许可", "question": "q"}, "ask_fact", ["utter_understood", "utter_ask_fact"]),
        ({"opening": "", "question": "q"}, "ask_fact", ["utter_ask_fact"]),
        (
            {"meant": "法定代表人", "opening": "变更登记", "question": "q"},
            "ask_fact",
            ["utter_taken_as", "utter_understood", "utter_ask_fact"],
        ),
        ({"opening": "开饭店", "title": "开饭店"}, "guide_ready", ["utter_guide_ready"]),
        ({"changed": "面积改为「80平方米」"}, "guide_ready", ["utter_fact_changed", "utter_guide_ready"]),
        ({"changed": "c", "region": "鲅鱼圈区"}, "guide_ready", ["utter_region_now", "utter_guide_ready"]),
        ({"changed": "c", "region": "鲅鱼圈区"}, "region_changed", ["utter_region_changed"]),
        ({"back": "面积", "question": "q"}, "ask_fact", ["utter_went_back", "utter_ask_fact"]),
        ({"answer": "a", "source": "《法》"}, "faq_answer", ["utter_faq_answer", "utter_source"]),
        ({"answer": "a", "question": "q"}, "field_answer", ["utter_field_answer", "utter_pending_reminder"]),
    ],
)
def test_what_is_said_around_an_outcome(bot: Bot, values: dict[str, str], outcome: str, expected: list[str]) -> None:
    bot.product.answer = lambda asked: reply(outcome, values=values)
    assert said(call(bot.actions, "action_find", text="开饭店")) == expected


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (403, b"{}"),
        (200, b"not json"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"outcome": "x", "cards": 5}'),
    ],
)
def test_a_failing_product_is_said_to_be_unavailable(bot: Bot, answer: tuple[int, bytes]) -> None:
    bot.product.answer = lambda asked: answer
    result = call(bot.actions, "action_ask", text="社保断了有影响吗")
    assert said(result) == ["utter_unavailable"]
    assert slots(result) == {}


def test_a_product_that_hangs_is_not_waited_for(bot: Bot) -> None:
    def hang(asked: dict[str, Any]) -> tuple[int, bytes]:
        time.sleep(6)
        return reply("no_target")

    bot.product.answer = hang
    begun = time.monotonic()
    assert said(call(bot.actions, "action_ask", text="社保断了有影响吗")) == ["utter_unavailable"]
    assert time.monotonic() - begun < LONGEST_WAIT_SECONDS


def test_a_product_that_is_gone_is_said_to_be_unavailable(tmp_path: Path) -> None:
    with action_server("http://127.0.0.1:9", tmp_path / "actions.log") as actions:
        assert said(call(actions, "action_find", text="补身份证")) == ["utter_unavailable"]

"""The trained model, served: what is understood, and which rule takes it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.assistant import project
from tests.assistant.conftest import Bot
from tests.assistant.processes import reply

LEAST_ACCURACY = 0.93
LONGEST_TRACKER = 80


def test_held_out_utterances_are_understood(bot: Bot) -> None:
    cases = project.held_out()
    wrong = [(text, wanted, got) for text, wanted in cases if (got := bot.intent(text)) != wanted]
    accuracy = 1 - len(wrong) / len(cases)
    print(f"\nheld-out accuracy {accuracy:.3f} of {len(cases)}; confused: {Counter((w, g) for _, w, g in wrong)}")
    assert accuracy >= LEAST_ACCURACY, wrong


@pytest.mark.parametrize("intent", ["out_of_scope", "nonsense", "abuse", "english"])
def test_what_is_no_business_of_ours_never_becomes_an_item(bot: Bot, intent: str) -> None:
    texts = [text for text, wanted in project.held_out() if wanted == intent]
    assert [t for t in texts if bot.intent(t) in ("find_service", "inform", "change_answer", "change_region")] == []


def holding(bot: Bot, **slots: Any) -> None:
    bot.product.answer = lambda asked: reply("ask_fact", values={"question": "q"}, slots=slots)


@pytest.mark.parametrize(
    ("message", "free", "target", "pending"),
    [
        ("/inform", "find", "change", "answer"),
        ("/affirm", None, None, "answer"),
        ("/deny", None, None, "answer"),
        ("/dont_know", None, None, "unknown"),
        ("/backchannel", None, None, None),
    ],
)
def test_what_a_word_means_hangs_on_what_is_open(
    bot: Bot, message: str, free: str | None, target: str | None, pending: str | None
) -> None:
    for name, slots, wanted in (
        ("free", {"has_target": False, "pending": None}, free),
        ("target", {"has_target": True, "pending": None}, target),
        ("pending", {"has_target": True, "pending": "entity_type"}, pending),
    ):
        who = f"{name}{message}"
        holding(bot, **slots)
        bot.say(who, "/find_service")
        bot.product.asked.clear()
        assert bot.say(who, message)
        assert [asked["act"] for asked in bot.product.asked] == ([wanted] if wanted else []), name


def test_nothing_is_left_to_a_policy_after_the_product_has_decided(bot: Bot) -> None:
    """A rule's slots may change under it; without the follow-up Rasa would fall back and ask again."""
    holding(bot, has_target=True, pending="entity_type")
    bot.say("changing", "/find_service")
    bot.product.asked.clear()
    holding(bot, has_target=True, pending=None)
    bot.say("changing", "/affirm")
    assert [asked["act"] for asked in bot.product.asked] == ["answer"]


def test_a_pressed_option_comes_with_its_token(bot: Bot) -> None:
    token = 'quotes " and {braces} and 中文'
    assert bot.act("pressing", "/choose" + json.dumps({"token": token}))["token"] == token


@pytest.mark.parametrize("text", ["六十来平", "a}b{c", '带"引号"的', "换\n行", "反斜杠\\n", "/斜杠", "😀"])
def test_an_answer_comes_as_it_was_said(bot: Bot, text: str) -> None:
    assert bot.act("answering", "/answer" + json.dumps({"text": text}, ensure_ascii=False))["text"] == text


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "\x01\x02", "啊" * 500, "／choose{}", "{v_title}", "'; DROP TABLE"]
)
def test_any_text_gets_a_reply(bot: Bot, text: str) -> None:
    answer = bot.say("anything", text)
    assert answer or not text.strip()


@pytest.mark.parametrize("bracket", ["营政发[2020[1]", "0[x]", "{v_nothing}", "第{0}条"])
def test_brackets_in_a_value_do_not_spoil_the_words(bot: Bot, bracket: str) -> None:
    bot.product.answer = lambda asked: reply("field_answer", values={"answer": f"答{bracket}"})
    (message,) = bot.say("brackets", "/ask_fee")
    assert message["text"].replace("［", "[") == f"答{bracket}"


def test_a_long_conversation_stays_short_in_memory(bot: Bot) -> None:
    holding(bot, has_target=True, pending="entity_type")
    for _ in range(30):
        bot.say("long", "/find_service")
    tracker = bot.http.get(f"{bot.rasa}/conversations/long/tracker").json()
    assert len(tracker["events"]) <= LONGEST_TRACKER
    assert tracker["slots"]["pending"] is True
    assert tracker["slots"]["has_target"] is True
    assert bot.act("long", "/affirm")["act"] == "answer"


def test_two_conversations_never_mix(bot: Bot) -> None:
    holding(bot, has_target=True, pending="entity_type")
    bot.say("first", "/find_service")
    bot.product.asked.clear()
    bot.say("second", "/affirm")
    assert bot.product.asked == []

"""The chat gateway: what a person says → Rasa → what is shown. Async, and holding no pool thread while Rasa answers,
because Rasa's actions call this service back."""

import json
import logging
import time
from typing import Any

import httpx
from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool

from answers.dialogue import DialogueState, pending_question
from answers.emergency import emergency
from answers.facts import plain
from index.analysis import fold
from knowledge_base.navigation import tokens

from .masking import mask
from .payloads import ChatMessage, ChatOption
from .problems import ProblemError
from .resources import Resources

log = logging.getLogger(__name__)
TURNS = Counter("chat_turns_total", "Chat turns by how they ended", ["end"])
QUESTION_WORDS = (
    "多少",
    "多久",
    "几天",
    "哪",
    "怎么",
    "咋",
    "吗",
    "啥",
    "什么",
    "能不能",
    "?",
    "？",
    "错",
    "换成",
    "改",
)
LONGEST_PLAIN_ANSWER = 14
"""A longer text, or one with a question word, is left to the intent even if it mentions an option."""


async def turn(
    held: Resources, conversation: str, text: str | None, choice: str | None, name: str | None = None
) -> list[ChatMessage]:
    """One turn, stored; one of a name that was answered before is only told again. Raises ProblemError: 422 for an option
    that never was, 503 while the assistant is not there."""
    if held.turns_at_once.locked():
        TURNS.labels("busy").inc()
        raise ProblemError(503, "现在咨询的人很多，请过几秒再试。", {"Retry-After": "3"})
    async with held.turns_at_once, held.locks.of(conversation):
        if name is None:
            state = await run_in_threadpool(held.state, conversation)
        else:
            begun, told = await run_in_threadpool(held.conversations.begin_turn, conversation, name)
            if told is not None:
                TURNS.labels("again").inc()
                return [ChatMessage(**m) for m in told]
            state = held.still_served(begun)
        said = text if text is not None else _label(held, state, choice or "")
        danger = emergency(text) if text else None
        if danger:
            messages = [ChatMessage(type="notice", text=danger.reply, card={"numbers": list(danger.numbers)})]
            TURNS.labels("emergency").inc()
        else:
            await _remind(held, conversation, state)
            messages = await _assistant(held, conversation, _to_rasa(held, state, text, choice))
            TURNS.labels("answered").inc()
        stored = [m.model_dump(mode="json", exclude_none=True) for m in messages]
        await run_in_threadpool(held.conversations.add_turn, conversation, mask(said)[:600], stored, name)
        return messages


def _label(held: Resources, state: DialogueState, choice: str) -> str:
    """What the pressed option says, for the record."""
    try:
        parts = tokens.decode(choice)
    except ValueError as error:
        raise ProblemError(422, "这个选项已经失效，请重新选择或直接打字告诉我。") from error
    desk = held.desk
    match parts:
        case ["a", str(target), *stated] if (
            desk and desk.title(target) and (facts := tokens.facts(stated, held.city.facts))
        ):
            known = desk.navigator.step(target, facts).facts
            return "，".join(k.answer for k in known) or "，".join(map(str, facts.values()))
        case ["t", str(target)] if desk and desk.title(target):
            return desk.title(target)
        case ["r", str(code)] if code in held.city.regions:
            return held.city.regions[code].name
        case ["c", str(fact)] if fact in held.city.facts:
            return f"改{held.city.facts[fact].label}"
        case ["s", str(text)] if text.strip():
            return text
        case ["x", str(name)]:
            return {"restart": "重新开始", "handover": "转人工", "none": "都不是"}.get(name, name)
    raise ProblemError(422, "这个选项已经失效，请重新选择或直接打字告诉我。")


def _to_rasa(held: Resources, state: DialogueState, text: str | None, choice: str | None) -> str:
    if choice is not None:
        return "/choose" + json.dumps({"token": choice})
    assert text is not None
    if _answers_question(held, state, text):
        return "/answer" + json.dumps({"text": text}, ensure_ascii=False)
    # Rasa was trained on simplified characters; a slash at the start would be read as an intent by name.
    folded = fold(text)
    return "／" + folded[1:] if folded.startswith("/") else folded


def _answers_question(held: Resources, state: DialogueState, text: str) -> bool:
    """Whether the fact parser takes the text before Rasa's intents: short, no question in it, and it fits an option."""
    if held.desk is None or len(plain(text)) > LONGEST_PLAIN_ANSWER or any(w in text for w in QUESTION_WORDS):
        return False
    if state.offered and held.desk.reader.ordinal(text, len(state.offered)) is not None:
        return True
    question = pending_question(held.desk, state)
    return question is not None and bool(held.desk.reader.answers(question, text, by_meaning=False))


async def _remind(held: Resources, conversation: str, state: DialogueState) -> None:
    """Tells our Rasa what its rules need of a conversation that another process has led so far, or that it may have
    forgotten in a restart."""
    if held.assistant_knows.seen(conversation) or state == DialogueState():
        return
    slots = {"has_target": state.target is not None, "pending": state.pending is not None}
    events = [
        {"event": "slot", "name": slot, "value": value, "timestamp": time.time()} for slot, value in slots.items()
    ]
    url = f"{held.settings.rasa_url}/conversations/{conversation}/tracker/events"
    try:
        answer = await held.http.post(url, json=events, timeout=held.settings.rasa_timeout_seconds)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        held.assistant_knows.forget(conversation)
        log.warning("assistant was not reminded: %r", error)


async def _assistant(held: Resources, conversation: str, message: str) -> list[ChatMessage]:
    try:
        response = await held.http.post(
            f"{held.settings.rasa_url}/webhooks/rest/webhook",
            json={"sender": conversation, "message": message},
            timeout=held.settings.rasa_timeout_seconds,
        )
        response.raise_for_status()
        said = response.json()
    except (httpx.HTTPError, ValueError) as error:
        log.warning("assistant did not answer: %r", error)
        held.assistant_knows.clear()
        TURNS.labels("unavailable").inc()
        detail = (
            "智能助手暂时连不上，您可以先用搜索，或拨打12345。"
            if held.assistant_ready
            else "智能助手正在准备，请稍等几秒再试；现在可以先用搜索。"
        )
        raise ProblemError(503, detail, {"Retry-After": "5"}) from error
    messages = as_messages(said)
    if not messages:
        raise ProblemError(503, "智能助手没有答上来，请换个说法再试，或拨打12345。", {"Retry-After": "1"})
    return messages


def as_messages(said: list[dict[str, Any]]) -> list[ChatMessage]:
    """Rasa's messages as the contract has them; options that follow a text belong to it."""
    messages: list[ChatMessage] = []
    for part in said:
        custom = part.get("custom")
        if custom is None:
            if part.get("text"):
                messages.append(ChatMessage(type="text", text=part["text"]))
            continue
        options = [ChatOption(**o) for o in custom.get("options") or []]
        if custom["type"] == "options":
            last = messages[-1] if messages else None
            if last is not None and last.type == "text":
                messages[-1] = last.model_copy(update={"type": "options", "options": options})
            else:
                messages.append(ChatMessage(type="options", options=options))
            continue
        messages.append(
            ChatMessage(type=custom["type"], text=custom.get("text"), card=custom.get("card"), options=options or None)
        )
    return messages

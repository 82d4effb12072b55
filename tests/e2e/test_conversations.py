"""Golden conversations: what people say and press, and what the running product must answer (tests/golden/conversations)."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from scripts.running import Product

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "conversations"
LEAST = 60
KEYS = {"types", "contains", "any_of", "not_contains", "offers", "offers_nothing"}
Messages = list[dict[str, Any]]


def conversations() -> list[dict[str, Any]]:
    return [c for path in sorted(FOLDER.glob("*.yaml")) for c in yaml.safe_load(path.read_text("utf-8"))]


def turn(base: str, conversation: str, body: dict[str, str]) -> Messages:
    answer = httpx.post(f"{base}/v1/chat", json={"conversation": conversation, **body}, timeout=30, trust_env=False)
    assert answer.status_code == 200, answer.text
    messages: Messages = answer.json()["messages"]
    return messages


def options(messages: Messages) -> dict[str, str]:
    """Label → token of everything that can be pressed now."""
    return {o["label"]: o["id"] for m in messages for o in m.get("options") or []}


def shown(messages: Messages) -> str:
    """All that the messages say, cards included; options are looked at apart."""
    return "\n".join(json.dumps({k: m.get(k) for k in ("text", "card")}, ensure_ascii=False) for m in messages)


def pressed(label: str, before: Messages) -> str:
    found = [token for shown_label, token in options(before).items() if label in shown_label]
    assert found, f"no option 「{label}」 among {list(options(before))}"
    return found[0]


def faults(messages: Messages, expected: dict[str, Any]) -> list[str]:
    """What is not as expected, in words."""
    assert set(expected) <= KEYS, set(expected) - KEYS
    text, labels = shown(messages), list(options(messages))
    types = {m["type"] for m in messages}
    wrong = [f"no message of type {t}" for t in expected.get("types", []) if t not in types]
    wrong += [f"「{part}」 is not said" for part in expected.get("contains", []) if part not in text]
    if expected.get("any_of") and not any(part in text for part in expected["any_of"]):
        wrong.append(f"none of {expected['any_of']} is said")
    wrong += [f"「{part}」 is said" for part in expected.get("not_contains", []) if part in text]
    wrong += [
        f"「{o}」 can't be pressed" for o in expected.get("offers", []) if not any(o in label for label in labels)
    ]
    if expected.get("offers_nothing") and labels:
        wrong.append(f"options where there should be none: {labels}")
    return wrong


@pytest.mark.parametrize("conversation", conversations(), ids=lambda c: c["title"])
def test_conversation(product: Product, conversation: dict[str, Any]) -> None:
    who = str(uuid.uuid4())
    messages: list[dict[str, Any]] = []
    for number, step in enumerate(conversation["turns"], 1):
        body = {"text": step["say"]} if "say" in step else {"choice": pressed(step["choose"], messages)}
        messages = turn(product.base, who, body)
        wrong = faults(messages, step.get("expect", {}))
        assert not wrong, f"turn {number} ({step.get('say') or step['choose']}): {wrong}\n{shown(messages)[:1500]}"


def test_there_are_enough_and_each_has_its_own_title() -> None:
    titles = [c["title"] for c in conversations()]
    assert len(titles) >= LEAST
    assert len(titles) == len(set(titles))
    assert all(step.get("expect") for c in conversations() for step in c["turns"][-1:])

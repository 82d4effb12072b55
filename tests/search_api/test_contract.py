"""The committed description of the interface is the interface; Rasa's messages become the contract's."""

from typing import Any

from search_api.__main__ import openapi_text
from search_api.gateway import as_messages
from search_api.settings import ROOT


def test_the_committed_openapi_is_the_application() -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert committed == openapi_text(), "python -m search_api openapi"


def test_options_after_a_text_belong_to_it() -> None:
    said: list[dict[str, Any]] = [
        {"text": "哪一种？"},
        {"custom": {"type": "options", "options": [{"id": "1", "label": "甲"}]}},
    ]
    (message,) = as_messages(said)
    assert (message.type, message.text) == ("options", "哪一种？")
    assert message.options
    assert message.options[0].label == "甲"


def test_options_after_a_card_stand_alone() -> None:
    said: list[dict[str, Any]] = [
        {"text": "好了"},
        {"custom": {"type": "guide", "card": {"title": "x"}}},
        {"custom": {"type": "options", "options": [{"id": "1", "label": "甲"}]}},
    ]
    assert [m.type for m in as_messages(said)] == ["text", "guide", "options"]

"""One field of the outcome that is on the table: what to bring, where, how long, how much."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Tracker

from assistant.actions.speaking import ActOfDialogue

PREFIX = "ask_"


class Field(ActOfDialogue):
    """The intent names the field: `ask_fee` asks for `fee`."""

    act = "field"

    def more(self, tracker: Tracker) -> Dict[str, Any]:
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        return {"field": intent[len(PREFIX) :] if intent.startswith(PREFIX) else ""}

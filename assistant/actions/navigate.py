"""The navigation loop: what a person wants to get done, and the answers on the way to it."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Tracker

from assistant.actions.speaking import ActOfDialogue, entity


class Find(ActOfDialogue):
    act = "find"


class Answer(ActOfDialogue):
    act = "answer"


class Unknown(ActOfDialogue):
    act = "unknown"


class Choose(ActOfDialogue):
    """A pressed option; the gateway sends its token inside the intent."""

    act = "choose"

    def more(self, tracker: Tracker) -> Dict[str, Any]:
        return {"token": entity(tracker, "token"), "text": ""}

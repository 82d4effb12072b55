"""Moves within the conversation itself."""

from __future__ import annotations

from assistant.actions.speaking import ActOfDialogue


class Restart(ActOfDialogue):
    act = "restart"


class Back(ActOfDialogue):
    act = "back"


class Repeat(ActOfDialogue):
    act = "repeat"

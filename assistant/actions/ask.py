"""Questions that the city's answers, policies and items reply to; also whatever no intent is sure of."""

from __future__ import annotations

from assistant.actions.speaking import ActOfDialogue


class Ask(ActOfDialogue):
    act = "ask"

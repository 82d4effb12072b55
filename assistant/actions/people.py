"""Where a person has to take over, or where a case of one's own is to be asked after."""

from __future__ import annotations

from assistant.actions.speaking import ActOfDialogue


class Handover(ActOfDialogue):
    act = "handover"


class Progress(ActOfDialogue):
    act = "progress"

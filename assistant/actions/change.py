"""A correction: what was said before is changed, everything else stays."""

from __future__ import annotations

from assistant.actions.speaking import ActOfDialogue


class Change(ActOfDialogue):
    act = "change"

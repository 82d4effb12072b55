"""Danger to life comes first: recognised from words alone, before and without any model, so that nothing can be down."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from .facts import plain


@dataclass(frozen=True)
class Emergency:
    """`reply` names the numbers to call; `id` is crisis, fire, police, medical or traffic."""

    id: str
    numbers: tuple[str, ...]
    reply: str


@cache
def _groups() -> tuple[tuple[Emergency, tuple[str, ...], tuple[str, ...]], ...]:
    data = yaml.safe_load((Path(__file__).parent / "emergencies.yaml").read_text(encoding="utf-8"))
    return tuple(
        (Emergency(g["id"], tuple(g["numbers"]), g["reply"]), tuple(map(plain, g["phrases"])), tuple(g["exceptions"]))
        for g in data["groups"]
    )


def emergency(text: str) -> Emergency | None:
    """The emergency that `text` reports, None for an errand that only sounds like one."""
    said = plain(text)
    for found, phrases, exceptions in _groups():
        if any(p in said for p in phrases) and not any(e in said for e in exceptions):
            return found
    return None

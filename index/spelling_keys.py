"""What the index keeps so that a word is found by its sound, by what is left when one character is missing; and which characters
look alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from . import analysis, pinyin
from .lexicon import LONGEST, without_one

SHAPES = Path(__file__).with_name("shapes.yaml")


def rest(left: str) -> str:
    """The key of words that become `left` when one character is missing."""
    return f"-{left}"


def keys(words: Sequence[str]) -> list[str]:
    """`key=word` for each different word of two to four characters: what the index is asked for."""
    found: dict[str, None] = {}
    for word in words:
        if 1 < len(word) <= LONGEST and analysis.is_han(word):
            found[f"{pinyin.blurred(pinyin.spoken(word))}={word}"] = None
            if len(word) > 2:
                found.update((f"{rest(left)}={word}", None) for left in without_one(word))
    return list(found)


@cache
def shapes() -> Mapping[str, str]:
    """Characters that look like each."""
    groups = yaml.safe_load(SHAPES.read_text("utf-8"))["alike"]
    found: dict[str, set[str]] = {}
    for group in groups:
        for char in group:
            found.setdefault(char, set()).update(set(group) - {char})
    return {char: "".join(sorted(others)) for char, others in found.items()}

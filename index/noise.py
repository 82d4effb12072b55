"""What people and speech recognisers do to a question, put into it on purpose, the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import rjieba
import yaml
from pypinyin import Style, lazy_pinyin

from .analysis import is_han

_EVERY = 8
_STUMBLES = 0.3
_TAKEN_BACK = 0.3
_JOINTS = ("", "", "，", " ")
COMMON = "".join(chr(c) for c in range(0x4E00, 0x9FA6))
SPOKEN = Path(__file__).with_name("spoken_noise.yaml")


def homophone(text: str, dice: random.Random) -> str:
    """One character in every eight becomes another of the same toneless sound."""
    return _swap(text, dice, said_like)


def typo(text: str, dice: random.Random) -> str:
    """One edit in every eight characters: a character lost, doubled, or changed with its neighbour."""
    out = list(text)
    for start in range(0, len(text), _EVERY):
        at = start + dice.randrange(min(_EVERY, len(text) - start))
        match dice.randrange(3):
            case 0:
                out[at] = ""
            case 1:
                out[at] += text[at]
            case _ if at + 1 < len(text):
                out[at], out[at + 1] = out[at + 1], out[at]
    return "".join(out) or text


def filler(text: str, dice: random.Random) -> str:
    """As it would be said on the telephone: greeting and opener before, closing after, a hesitation between two words, and
    at times a false start (a piece said twice) or one taken back."""
    spoken = _spoken()
    words = [w for w in rjieba.cut(text) if w]
    at = dice.randrange(len(words) + 1)
    words.insert(at, dice.choice(spoken["hesitations"]))
    if dice.random() < _STUMBLES and len(words) > at + 1:
        again = words[at + 1]
        words.insert(at + 1, again + (dice.choice(spoken["corrections"]) if dice.random() < _TAKEN_BACK else ""))
    said = [
        dice.choice(spoken["greetings"]),
        dice.choice(spoken["openers"]),
        "".join(words),
        dice.choice(spoken["closings"]),
    ]
    return dice.choice(_JOINTS).join(part for part in said if part)


def traditional(text: str, dice: random.Random) -> str:
    """Traditional characters."""
    return str(_traditional().convert(text))


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "homophone": homophone,
    "typo": typo,
    "filler": filler,
    "traditional": traditional,
}


def add(kind: str, text: str) -> str:
    """Noise that depends on the text alone, so that two runs ask the same."""
    return KINDS[kind](text, random.Random(f"{kind}\n{text}"))


def _swap(text: str, dice: random.Random, others: Callable[[str], list[str]]) -> str:
    out = list(text)
    for start in range(0, len(text), _EVERY):
        places = [i for i in range(start, min(start + _EVERY, len(text))) if is_han(text[i]) and others(text[i])]
        if places:
            at = dice.choice(places)
            out[at] = dice.choice(others(text[at]))
    return "".join(out)


@cache
def _spoken() -> Any:
    return yaml.safe_load(SPOKEN.read_text("utf-8"))


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def said_like(char: str, key: Callable[[str], str] = str) -> list[str]:
    """Other characters of everyday Chinese (those of the GB2312 first level, ordered by sound there) whose sound has the
    same key."""
    return [c for c in _by_sound(key).get(key(_sound(char)), "") if c != char] if is_han(char) else []


@cache
def _by_sound(key: Callable[[str], str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for char in COMMON:
        if 0xB0 <= gb2312(char) <= 0xD7:
            sound = key(_sound(char))
            found[sound] = found.get(sound, "") + char
    return found


def gb2312(char: str) -> int:
    """First byte of a character there; 0 where it has no place in it."""
    try:
        return char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 0


@cache
def _sound(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0]

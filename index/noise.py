"""What people and speech recognisers do to a question, put into it on purpose, the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import opencc
from pypinyin import Style, lazy_pinyin

from .analysis import is_han

_EVERY = 8
_COMMON = "".join(chr(c) for c in range(0x4E00, 0x9FA6))
_OPENERS = ("喂你好那个我想问一下", "你好我想咨询一下", "哎那个麻烦问一下", "嗯就是我想问问", "您好请问一下那个")
_CLOSERS = ("谢谢", "啊", "呀", "呢", "麻烦你了", "")


def homophone(text: str, dice: random.Random) -> str:
    """One character in every eight becomes another of the same toneless sound."""
    return _swap(text, dice, lambda char: [c for c in _same_sound().get(_sound(char), "") if c != char])


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
    """Spoken before and after."""
    return dice.choice(_OPENERS) + text + dice.choice(_CLOSERS)


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
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@cache
def _same_sound() -> dict[str, str]:
    """Characters of everyday Chinese (those of the GB2312 first level, ordered by sound there) by sound."""
    found: dict[str, str] = {}
    for char in _COMMON:
        if _everyday(char):
            sound = _sound(char)
            found[sound] = found.get(sound, "") + char
    return found


def _everyday(char: str) -> bool:
    try:
        return 0xB0 <= char.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


@cache
def _sound(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0]

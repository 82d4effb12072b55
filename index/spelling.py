"""What was probably meant by a misspelt text: the likeliest words, where each change of a character costs something.

A run of characters is read as words of everyday Chinese and of the index. First every stretch may also be a word that
sounds the same or nearly so; where single characters without a word are left over, also a word that looks alike, or one
with a character more, less, or two changed about. Where that leaves a doubt, it is read once more, with what the corrector
(corrector.py) thinks of each character among the costs: words know their neighbours' names, it knows the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import analysis, pinyin
from .corrector import Corrector
from .engine import Engine
from .lattice import NOWHERE, Lattice, Run
from .lexicon import Lexicon
from .ranking import Repair

_LETTERS = re.compile(r"[a-z' ]+")


@dataclass(frozen=True, slots=True)
class Respelt:
    """`gain` in nats: how much likelier it is than what was typed."""

    text: str
    gain: float


def respell(
    text: str, engine: Engine, lexicon: Lexicon, costs: Repair, corrector: Corrector | None = None
) -> Respelt | None:
    """`text` is folded. None where what was typed is the likeliest, or nearly so."""
    plain = analysis.without_tones(text)
    parts: list[str | Lattice] = []
    left = costs.characters
    for part in _parts(plain):
        if isinstance(part, str):
            parts.append(part)
        elif len(part.said) > left:
            parts.append("".join(part.said))
        else:
            left -= len(part.said)
            parts.append(run := Lattice(part, engine, lexicon, costs))
            run.read()
    read = [part for part in parts if isinstance(part, Lattice)]
    if corrector and any(run.doubtful for run in read):
        meant = corrector.read(plain[: costs.characters])
        for run in read:
            run.read_again(meant)
    fixed = "".join([part if isinstance(part, str) else part.best for part in parts])
    gain = sum([run.gain for run in read])
    return Respelt(fixed, gain) if fixed != text and gain >= costs.worth else None


def _parts(text: str) -> Iterator[str | Run]:
    """Stretches to be read, each as its Chinese characters and typed syllables; what lies between as it is. A letter by itself
    is none: A类, C证."""
    run, at = Run([], []), 0
    for part in analysis.parts(text):
        letters = _LETTERS.fullmatch(part)
        if analysis.is_han(part):
            run.add(part, range(at, at + len(part)))
        elif letters and len(part) > 1 and (said := pinyin.split_loosely(re.sub(r"[ ']", "", part))):
            run.add(said, [NOWHERE] * len(said))
        else:
            if run.said:
                yield run
            run = Run([], [])
            yield part
        at += len(part)
    if run.said:
        yield run

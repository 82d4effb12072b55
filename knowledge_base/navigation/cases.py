"""When answers are unknown, an outcome is a set of cases; what is shown names only the answers that it really depends on."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from .resolve import Resolution

MAX_TEXTS = 4
"""More different texts than this are not listed case by case."""


@dataclass(frozen=True)
class Case:
    """`answers`: the option's label on each unknown question (none when all is known), and what holds then."""

    answers: tuple[str, ...]
    resolution: Resolution


def deciding(cases: Sequence[Case], value: Callable[[Case], Hashable]) -> list[int]:
    """Unknown questions on which `value` depends: changing that answer alone changes it somewhere."""
    found = []
    for axis in range(len(cases[0].answers)):
        seen: dict[tuple[str, ...], Hashable] = {}
        for case in cases:
            rest = case.answers[:axis] + case.answers[axis + 1 :]
            if seen.setdefault(rest, value(case)) != value(case):
                found.append(axis)
                break
    return found


def only_when(cases: Sequence[Case], holds: Callable[[Case], bool]) -> str:
    """In which answers `holds`: 「请人代办」; several questions are joined by 且; "" where it always does."""
    parts = []
    for axis in deciding(cases, holds):
        labels = dict.fromkeys(c.answers[axis] for c in cases if holds(c))
        parts.append("或".join(labels))
    return "，且".join(parts)


def by_case(cases: Sequence[Case], text: Callable[[Case], str]) -> str:
    """One text where all agree; where one answer decides, each with its answer: 「本人办：免费；请人代办：…」."""
    texts = list(dict.fromkeys(map(text, cases)))
    if len(texts) == 1:
        return texts[0]
    axes = deciding(cases, text)
    if len(axes) == 1 and len(texts) <= MAX_TEXTS:
        axis = axes[0]
        told = [(t, "、".join(dict.fromkeys(c.answers[axis] for c in cases if text(c) == t))) for t in texts]
        return "；".join(f"{labels}：{t}" for t, labels in told)
    shown = "；".join(texts[:MAX_TEXTS])
    return f"视具体情形：{shown}" + ("……" if len(texts) > MAX_TEXTS else "")

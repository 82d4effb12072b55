"""Documents of one kind and one name (the same item at province, city, county) shown as one hit, the caller's own first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from . import analysis
from .models import Document
from .reranking import Rule, Scored


@dataclass(frozen=True, slots=True)
class Group:
    """`first` is shown; `others` have its name, nearest to the caller first."""

    first: Scored
    others: tuple[Scored, ...] = ()


def group_of(document: Document) -> int:
    """Equal for documents of one kind and name, as a number that fits a column."""
    name = "".join(analysis.runs(analysis.fold(document.title))) or document.id
    return int.from_bytes(hashlib.blake2b(f"{document.kind}\0{name}".encode(), digest_size=7).digest(), "big")


def grouped(shown: Sequence[Scored], near: Sequence[str]) -> list[Group]:
    """A group stands where its best member stood and has its score. `near`: the caller's region, what it lies in, and so
    on; without one the order of the hits stays."""
    members: dict[int, list[Scored]] = {}
    for scored in shown:
        members.setdefault(scored.facts.group, []).append(scored)
    return [_group(each, near) if len(each) > 1 else Group(each[0]) for each in members.values()]


def _group(members: Sequence[Scored], near: Sequence[str]) -> Group:
    first, *others = sorted(members, key=lambda s: _pinned_or_near(s, near))
    lift = members[0].score - first.score
    if lift > 0:
        first = first._replace(score=members[0].score, rules=(*first.rules, Rule("nearest", round(lift, 4))))
    return Group(first, tuple(others))


def _pinned_or_near(scored: Scored, near: Sequence[str]) -> tuple[bool, int]:
    """What a maintainer put first stays first; then how many steps up from the caller's region it holds for."""
    pinned = any(rule.rule == "pinned" for rule in scored.rules)
    return not pinned, steps_up(scored.facts.regions, near)


def steps_up(regions: Sequence[str], near: Sequence[str]) -> int:
    """How many steps up from the caller's own region something holds for; the length of `near` where nowhere there."""
    return next((step for step, region in enumerate(near) if region in regions), len(near))

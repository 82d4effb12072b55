"""Runs above the engines and can be changed while they serve: synonyms, results that stand first or are left out, what is
never suggested. `Curations` holds all, `Active` what is in force on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from knowledge_base.in_force import in_force
from knowledge_base.schema import Curation, Denial, Match, Synonym

from . import analysis
from .errors import SettingsInvalid
from .reranking import Rule, Scored
from .wording import Group, Wording
from .wording import default as default_wording

if TYPE_CHECKING:
    from .query import Query
    from .reranking import Wanted

DENIED = Path(__file__).with_name("denied.yaml")
_CLOSEST: tuple[Match, ...] = ("exact", "contains", "terms")
STEP = 1.0
"""Score by which a pinned hit stands above the next one."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What the curations say of one query: documents in the order in which they stand first, and those left out, each
    with the curation's id. `certain`: an exact query names what stands first."""

    pinned: Mapping[str, str]
    excluded: Mapping[str, str]
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """`shown` best first; `judged` the same hits with the scores that search itself gave, the one shown first in front;
    `excluded` those that would have been among them."""

    shown: list[Scored]
    judged: list[Scored]
    excluded: list[Scored]


class Active:
    """Compiled for one day."""

    def __init__(
        self, synonyms: Sequence[Synonym], curations: Sequence[Curation], denials: Sequence[Denial], base: Wording
    ) -> None:
        self.wording = worded(base, synonyms)
        self._rules = [(r, tuple(map(self._parts, r.queries))) for r in curations]
        lifted = {plain(p) for d in denials for p in d.lifted}
        added = (plain(p) for d in denials for p in d.phrases)
        denied = sorted({*(p for p in denied_by_default() if p not in lifted), *added} - {""})
        self._denied = re.compile("|".join(map(re.escape, denied))) if denied else None

    def matched(self, query: Query, wanted: Wanted) -> Matched:
        """The closest match decides where two speak of one document."""
        said = plain(query.core)
        if not self._rules or not said:
            return Matched({}, {})
        found: list[tuple[int, int, str, Curation]] = []
        for rule, queries in self._rules:
            lengths = [len("".join(parts)) for parts in queries if parts and _matches(rule.match, parts, said)]
            if lengths and _for_caller(rule, query, wanted):
                found.append((_CLOSEST.index(rule.match), -max(lengths), rule.id, rule))
        found.sort(key=lambda entry: entry[:3])
        pinned: dict[str, str] = {}
        excluded: dict[str, str] = {}
        certain = False
        for _, _, _, rule in found:
            for document in rule.pinned:
                if document not in pinned and document not in excluded:
                    certain = certain or (rule.match == "exact" and not pinned)
                    pinned[document] = rule.id
            for document in rule.excluded:
                if document not in pinned:
                    excluded.setdefault(document, rule.id)
        return Matched(pinned, excluded, certain)

    def suggestible(self, text: str) -> bool:
        """False for what has a denied phrase in it."""
        return self._denied is None or self._denied.search(plain(text)) is None

    def _parts(self, query: str) -> tuple[str, ...]:
        return tuple(analysis.runs(self.wording.strip(analysis.fold(query))))


class Curations:
    """All that maintainers said, in force or not. Immutable; thread-safe."""

    def __init__(
        self,
        synonyms: Iterable[Synonym] = (),
        curations: Iterable[Curation] = (),
        denials: Iterable[Denial] = (),
        base: Wording | None = None,
    ) -> None:
        self._synonyms, self._curations, self._denials = tuple(synonyms), tuple(curations), tuple(denials)
        self._base = base or default_wording()
        self._active: tuple[date, Active] | None = None

    def on(self, day: date) -> Active:
        held = self._active
        if held is None or held[0] != day:
            synonyms = [s for s in self._synonyms if in_force(s.validity, day)]
            curations = [c for c in self._curations if in_force(c.validity, day)]
            denials = [d for d in self._denials if in_force(d.validity, day)]
            held = self._active = (day, Active(synonyms, curations, denials, self._base))
        return held[1]


def placed(kept: Sequence[Scored], scored: Sequence[Scored], matched: Matched) -> Placed:
    """`kept` passed the cut; a pinned one is taken from all that may be served (`scored`), cut or not."""
    if not matched.pinned and not matched.excluded:
        return Placed(list(kept), list(kept), [])
    of = {s.candidate.document: s for s in scored}
    first = [of[d] for d in matched.pinned if d in of]
    excluded = [s for s in kept if s.candidate.document in matched.excluded]
    rest = [
        s for s in kept if s.candidate.document not in matched.pinned and s.candidate.document not in matched.excluded
    ]
    top = rest[0].score if rest else 0.0
    lifted = [_lifted(s, top + STEP * (len(first) - i), matched) for i, s in enumerate(first)]
    others = sorted([*first[1:], *rest], key=lambda s: (-s.score, s.candidate.document))
    return Placed([*lifted, *rest], [*first[:1], *others] if first else rest, excluded)


def _lifted(scored: Scored, at_least: float, matched: Matched) -> Scored:
    rule = Rule("pinned", round(at_least - scored.score, 4), matched.pinned[scored.candidate.document])
    return scored._replace(score=at_least, rules=(*scored.rules, rule))


def _matches(match: Match, parts: Sequence[str], said: str) -> bool:
    match match:
        case "exact":
            return "".join(parts) == said
        case "contains":
            return "".join(parts) in said
        case "terms":
            return all(part in said for part in parts)


def _for_caller(rule: Curation, query: Query, wanted: Wanted) -> bool:
    """Rules of a district or an audience hold for callers who gave it or named it."""
    regions = {*wanted.where.regions, *query.regions, *wanted.near[:1]}
    audiences = {*wanted.where.audiences, *query.audiences}
    return (not rule.regions or not regions.isdisjoint(rule.regions)) and (
        not rule.audiences or not audiences.isdisjoint(map(str, rule.audiences))
    )


def worded(base: Wording, synonyms: Sequence[Synonym]) -> Wording:
    """The bundled wording with the synonyms on top."""
    if not synonyms:
        return base
    groups = []
    for synonym in synonyms:
        if synonym.both_ways:
            every = (*synonym.said, *synonym.official)
            pairs = [(p, tuple(o for o in every if o != p)) for p in every]
            groups += [Group(said=(p,), official=others) for p, others in pairs if others]
        elif synonym.official:
            groups.append(Group(said=synonym.said, official=synonym.official))
    return base.with_groups(groups, [p for s in synonyms if s.instead for p in s.said])


def plain(text: str) -> str:
    """Folded, without spaces and punctuation."""
    return "".join(analysis.runs(analysis.fold(text)))


@cache
def denied_by_default(path: Path = DENIED) -> tuple[str, ...]:
    """denied.yaml. Raises SettingsInvalid."""
    try:
        groups: dict[str, list[str]] = yaml.safe_load(path.read_text("utf-8"))
        return tuple(plain(str(phrase)) for phrases in groups.values() for phrase in phrases)
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise SettingsInvalid(f"词表有误：{path.name}：{error}") from error

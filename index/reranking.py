"""Candidates → what may be served, with the boosts that apply, best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from .engine import Facts, Filter
from .fusion import Candidate
from .query import Query
from .ranking import Ranking
from .starts import Starting

if TYPE_CHECKING:
    from .grouping import Group


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller asks for. Given filters filter; a region or audience named in the text only raises, and so does
    `near`, where the text names none: the caller's own region, what it lies in, and so on."""

    text: str
    where: Filter
    limit: int
    offset: int
    as_of: date
    near: tuple[str, ...] = ()


class Rule(NamedTuple):
    """A boost in units of the score, and the curation that gave it."""

    rule: str
    boost: float
    curation: str | None = None


class Scored(NamedTuple):
    candidate: Candidate
    facts: Facts
    score: float
    rules: tuple[Rule, ...]


def rerank(
    candidates: Sequence[Candidate],
    facts: Mapping[str, Facts],
    query: Query,
    starting: Mapping[str, Starting],
    ranking: Ranking,
    wanted: Wanted,
) -> list[Scored]:
    """Only what may be served on the day, with the boosts that apply, best first; equal scores by id, so that order is
    repeatable."""
    boosts = Boosts(query, starting, ranking, wanted.near)
    day, where = wanted.as_of, wanted.where
    scored = []
    for candidate in candidates:
        known = facts.get(candidate.document)
        if known is not None and served(known, day) and _matches(known, where):
            rules = boosts.of(candidate.document, known)
            scored.append(Scored(candidate, known, candidate.fused + sum([r.boost for r in rules]), rules))
    return sorted(scored, key=lambda s: (-s.score, s.candidate.document))


class Boosts:
    """What one query raises. `near` counts where the text names no region."""

    def __init__(
        self, query: Query, starting: Mapping[str, Starting], ranking: Ranking, near: Sequence[str] = ()
    ) -> None:
        self._weights = ranking.boosts
        self._kinds = {kind: Rule("kind", round(boost, 4)) for kind, boost in ranking.boosts.kind.items() if boost}
        self._starting = starting
        self._regions = frozenset(query.regions or near[:1])
        self._around = frozenset() if query.regions else frozenset(near)
        self._audiences = frozenset(query.audiences)

    def of(self, document: str, facts: Facts) -> tuple[Rule, ...]:
        always = self._always(facts)
        asked = self._asked(facts) if self._regions or self._audiences else ()
        if starting := self._starting.get(document):
            weight = self._weights.name * self._weights.named.get(facts.kind, 1.0)
            asked = (*asked, Rule("name", round(weight * starting.share, 4)))
        return always + asked if asked else always

    def _always(self, facts: Facts) -> tuple[Rule, ...]:
        """Whatever is asked."""
        kind = self._kinds.get(facts.kind)
        popularity = round(self._weights.popularity * facts.popularity, 4)
        if not popularity:
            return (kind,) if kind else ()
        return (Rule("popularity", popularity), kind) if kind else (Rule("popularity", popularity),)

    def _asked(self, facts: Facts) -> tuple[Rule, ...]:
        found = []
        if self._regions and facts.regions:
            if not self._regions.isdisjoint(facts.regions):
                found.append(Rule("region", self._weights.region))
            elif self._around.isdisjoint(facts.regions):
                found.append(Rule("other_region", self._weights.other_region))
        if not self._audiences.isdisjoint(facts.audiences):
            found.append(Rule("audience", self._weights.audience))
        return tuple(found)


def cut(scored: Sequence[Scored], ranking: Ranking) -> list[Scored]:
    if not scored:
        return []
    floor = scored[0].score - ranking.cut.below_best
    return [s for s in scored[: ranking.cut.pool] if s.score >= floor]


def facets(groups: Sequence[Group]) -> dict[str, dict[str, int]]:
    """Counts by value, frequent first: how many hits each would leave."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("kind", "audience", "region", "department")}
    for group in groups:
        members = [scored.facts for scored in (group.first, *group.others)]
        counts["kind"][members[0].kind] += 1
        counts["audience"].update({a for facts in members for a in facts.audiences})
        counts["region"].update({r for facts in members for r in facts.regions})
        counts["department"].update({facts.department for facts in members if facts.department})
    return {name: dict(sorted(found.items(), key=lambda e: (-e[1], e[0]))) for name, found in counts.items()}


def served(facts: Facts, day: date) -> bool:
    return (facts.valid_from is None or facts.valid_from <= day) and (facts.valid_to is None or day <= facts.valid_to)


def _matches(facts: Facts, where: Filter) -> bool:
    """Filters hold for documents found by name, too, which no leg has filtered."""
    return (
        (not where.kinds or facts.kind in where.kinds)
        and (not where.departments or facts.department in where.departments)
        and (not where.regions or not set(where.regions).isdisjoint(facts.regions))
        and (not where.audiences or not set(where.audiences).isdisjoint(facts.audiences))
    )

"""Candidates → what may be served, with the boosts that apply, best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from .engine import Engine, Facts, Filter
from .fusion import Candidate
from .query import Query
from .ranking import Ranking
from .starts import Starting
from .wording import Wording

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
    anything = where == Filter()
    scored = []
    for candidate in candidates:
        known = facts.get(candidate.document)
        if known is not None and served(known, day) and (anything or _matches(known, where)):
            rules, boost = boosts.of(candidate.document, known)
            scored.append(_scored((candidate, known, candidate.fused + boost, rules)))
    return in_order(scored)


_scored: Callable[[tuple[Candidate, Facts, float, tuple[Rule, ...]]], Scored] = partial(tuple.__new__, Scored)
"""As the class itself, without its Python: a search makes a hundred."""


def asides(best: Sequence[str], query: Query, engine: Engine, ranking: Ranking, wording: Wording) -> set[str]:
    """Of documents, best first, those among the very best whose name is about a matter (…进度查询) that was asked for
    itself."""
    return wording.asides(engine.titles(best[: ranking.asides.among]), query.core)


def demoted(scored: Sequence[Scored], aside: Collection[str], ranking: Ranking) -> list[Scored]:
    """In order again, with `aside` lower."""
    rule = Rule("aside", ranking.asides.boost)
    return in_order(
        s._replace(score=s.score + rule.boost, rules=(*s.rules, rule)) if s.candidate.document in aside else s
        for s in scored
    )


def in_order(scored: Iterable[Scored]) -> list[Scored]:
    return sorted(scored, key=lambda s: (-s.score, s.candidate.document))


class Boosts:
    """What one query raises. `near` counts where the text names no region."""

    def __init__(
        self, query: Query, starting: Mapping[str, Starting], ranking: Ranking, near: Sequence[str] = ()
    ) -> None:
        self._weights = ranking.boosts
        said = 1 if query.letters else max(query.characters, 1)  # pinyin takes several letters a character
        short = min(1.0, ranking.boosts.kind_characters / said)
        self._kinds = {kind: weight * short for kind, weight in ranking.boosts.kind.items()}
        self._popularity = ranking.boosts.popularity
        self._starting = starting
        self._regions = frozenset(query.regions or near[:1])
        self._around = frozenset() if query.regions else frozenset(near)
        self._audiences = frozenset(query.audiences)

    def of(self, document: str, facts: Facts) -> tuple[tuple[Rule, ...], float]:
        """The rules that hold, and their sum."""
        always, boost = _always(self._kinds.get(facts.kind, 0.0), self._popularity * facts.popularity)
        asked = self._asked(facts) if self._regions or self._audiences else ()
        if document in self._starting:
            weights, starting = self._weights, self._starting[document]
            weight = weights.name * weights.named.get(facts.kind, 1.0)
            asked = (*asked, Rule("name", round(weight * starting.share, 4)))
        return ((*always, *asked), boost + sum(r.boost for r in asked)) if asked else (always, boost)

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


@lru_cache(maxsize=16384)
def _always(kind: float, popularity: float) -> tuple[tuple[Rule, ...], float]:
    """What raises a document whatever is asked, and the sum: remembered, a search asks it of a hundred documents."""
    raised = (Rule("popularity", round(popularity, 4)), Rule("kind", round(kind, 4)))
    rules = tuple(rule for rule in raised if rule.boost)
    return rules, sum(rule.boost for rule in rules)


def cut(scored: Sequence[Scored], ranking: Ranking) -> list[Scored]:
    if not scored:
        return []
    floor = scored[0].score - ranking.cut.below_best
    return [s for s in scored[: ranking.cut.pool] if s.score >= floor]


def facets(groups: Sequence[Group]) -> dict[str, dict[str, int]]:
    """Counts by value, frequent first: how many hits each would leave."""
    alike = Counter(map(_values, groups))
    counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter(), Counter())
    for values, number in alike.items():
        for count, own in zip(counts, values, strict=True):
            for value in own:
                count[value] += number
    ordered = (dict(sorted(found.items(), key=lambda e: (-e[1], e[0]))) for found in counts)
    return dict(zip(("kind", "audience", "region", "department"), ordered, strict=True))


def _values(group: Group) -> tuple[Collection[str], ...]:
    """What a group counts for: kind, audiences, regions, departments. Few differ, so that they are counted together."""
    facts = group.first.facts
    if not group.others:
        return (facts.kind,), facts.audiences, facts.regions, (facts.department,) if facts.department else ()
    members = [scored.facts for scored in (group.first, *group.others)]
    return (
        (facts.kind,),
        frozenset(a for each in members for a in each.audiences),
        frozenset(r for each in members for r in each.regions),
        frozenset(each.department for each in members if each.department),
    )


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

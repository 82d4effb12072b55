"""Two legs' units → one ranking of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from . import analysis
from .engine import Engine, Filter, UnitHit
from .query import Query
from .ranking import Ranking


class Leg(NamedTuple):
    """What one leg says of a document: its best unit, raw score, and rank among documents (1 is best; None where the
    leg found it only when asked about it). `support` is what its next units add, in the dense leg (`supported`)."""

    unit: int
    score: float
    rank: int | None
    support: float = 0.0


class Candidate(NamedTuple):
    """`fused` = dense weight × (cosine + support) + trust × BM25 sum; a leg that does not know the document gives 0."""

    document: str
    lexical: Leg | None
    dense: Leg | None
    fused: float


class Found(NamedTuple):
    """Units of the two legs, best first, as they are asked for when `retrieve` is not given them. `across` is what the dense
    leg says of documents that words found, where it was asked before."""

    words: Sequence[UnitHit]
    meaning: Sequence[UnitHit]
    across: Sequence[UnitHit] = ()


def retrieve(
    query: Query,
    vectors: np.ndarray | None,
    engine: Engine,
    ranking: Ranking,
    where: Filter,
    found: Found | None = None,
) -> list[Candidate]:
    """Candidates of both legs, each scored by both, best first; equal scores by id, so that order is repeatable. `found` is
    what `by_words` and `by_meaning` found, where they were asked before."""
    depth = ranking.retrieval
    if found is None:
        found = Found(by_words(query, engine, ranking, where), by_meaning(vectors, engine, ranking, where))
    lexical, dense = best_units(found.words), supported(found.meaning, ranking)
    if vectors is not None:
        only_dense = [d for d in dense if d not in lexical]
        only_lexical = [d for d in lexical if d not in dense]
        # a document that one leg found is also scored by the other, or it would lose for not having been asked
        if only_dense and query.clauses:
            hits = engine.lexical(query.clauses, where.within(only_dense), _enough(only_dense, depth.lexical_units))
            lexical |= best_units(hits, ranked=False)
        across = found.across or by_meaning_of(only_lexical, vectors, engine, ranking, where)
        dense = best_units(across, ranked=False) | dense
    return fuse(lexical, dense, ranking, trust(query, lexical, ranking) if dense else 1.0)


def by_words(query: Query, engine: Engine, ranking: Ranking, where: Filter) -> list[UnitHit]:
    """What the lexical leg finds, which needs no vectors."""
    return engine.lexical(query.clauses, where, ranking.retrieval.lexical_units)


def by_meaning(vectors: np.ndarray | None, engine: Engine, ranking: Ranking, where: Filter) -> list[UnitHit]:
    """What the dense leg finds, which needs nothing but vectors; nothing without them."""
    return [] if vectors is None else engine.dense(vectors, where, ranking.retrieval.dense_units)


def by_meaning_of(
    documents: Sequence[str], vectors: np.ndarray | None, engine: Engine, ranking: Ranking, where: Filter
) -> list[UnitHit]:
    """What the dense leg says of these documents."""
    if vectors is None or not documents:
        return []
    return engine.dense(vectors, where.within(documents), _enough(documents, ranking.retrieval.dense_units))


def nearest(one: Sequence[UnitHit], other: Sequence[UnitHit], ranking: Ranking) -> Sequence[UnitHit]:
    """What `by_meaning` finds with the vectors of both together: each unit by the nearer one."""
    if not other:
        return one
    best: dict[tuple[str, int], float] = {}
    for document, unit, score in (*one, *other):
        best[document, unit] = max(score, best.get((document, unit), -1.0))
    ranked = sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))
    return [UnitHit(document, unit, score) for (document, unit), score in ranked[: ranking.retrieval.dense_units]]


def best_units(hits: Sequence[UnitHit], ranked: bool = True) -> dict[str, Leg]:
    """The best unit of each document; `hits` are best first."""
    legs: dict[str, Leg] = {}
    for document, unit, score in hits:
        if document not in legs:
            legs[document] = _leg((unit, score, len(legs) + 1 if ranked else None, 0.0))
    return legs


def supported(hits: Sequence[UnitHit], ranking: Ranking) -> dict[str, Leg]:
    """The best unit of each document that the dense leg found, and what its next ones add: one sentence that happens to be near tells
    less than several. Those count that are within `reach` of the nearest unit of all, by how far they are within it; `hits` are best
    first."""
    legs, weights = best_units(hits), ranking.fusion
    within: dict[str, list[float]] = {}
    bound = hits[0].score - weights.reach if hits else 0.0
    for document, _, score in hits:
        if score <= bound:
            break
        within.setdefault(document, []).append(score - bound)
    for document, scores in within.items():
        if len(scores) > 1:
            next_ones = sum(scores[1 : weights.following + 1]) / weights.following
            legs[document] = legs[document]._replace(support=weights.support * next_ones)
    return legs


def trust(query: Query, lexical: Mapping[str, Leg], ranking: Ranking) -> float:
    """In words: the less even the best document has of the query's, the less they tell, and its meaning tells more. Numbers
    have none, so words are trusted in them."""
    if analysis.digit_share(query.core) >= ranking.fusion.digits:
        return 1.0
    weights = ranking.fusion
    best = max((leg.score for leg in lexical.values()), default=0.0)
    return max(weights.weak, weights.sure * min(1.0, best / weights.sure_from))


def fuse(
    lexical: Mapping[str, Leg], dense: Mapping[str, Leg], ranking: Ranking, trusted: float = 1.0
) -> list[Candidate]:
    meaning_counts = ranking.fusion.dense
    candidates = []
    for document in dict.fromkeys([*lexical, *dense]):
        words, meaning = lexical.get(document), dense.get(document)
        fused = (trusted * words.score if words else 0.0) + (
            meaning_counts * (meaning.score + meaning.support) if meaning else 0.0
        )
        candidates.append(_candidate((document, words, meaning, fused)))
    return sorted(candidates, key=lambda c: (-c.fused, c.document))


_leg: Callable[[tuple[int, float, int | None, float]], Leg] = partial(tuple.__new__, Leg)
_candidate: Callable[[tuple[str, Leg | None, Leg | None, float]], Candidate] = partial(tuple.__new__, Candidate)
"""As the classes themselves, without their Python: a search makes hundreds."""


def _enough(documents: Iterable[str], depth: int) -> int:
    """Units to ask for so that each document shows its best one in practice: many units of one may come first."""
    return depth * 4 + len(list(documents))

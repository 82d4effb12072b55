"""The query path."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

import numpy as np

from . import display, fusion
from .curations import Active, Matched, placed
from .encoder import Encoder
from .engine import Engine, Filter, UnitHit
from .fusion import Candidate
from .grouping import Group, grouped
from .models import Document, Hit, Other, SearchResult
from .query import Heard, Query, hear, understand
from .ranking import Confidence, Ranking
from .reranking import Scored, Wanted, asides, cut, demoted, facets, rerank
from .starts import Starting, started
from .turns import Together, in_turn
from .wording import Wording


def search(
    wanted: Wanted,
    engine: Engine,
    encoder: Encoder | None,
    ranking: Ranking,
    active: Active,
    together: Together = in_turn,
) -> SearchResult:
    """Normalise → encode and look for what is near, with all that needs no vector beside it → each leg scores what the other found,
    fuse → rerank → cut → place what maintainers pinned and leave out what they excluded → show."""
    clock = Clock()
    heard = hear(wanted.text, ranking, active.wording)
    clock.lap("hear")
    first = _First()
    near, beside = together(
        (
            partial(_heard, heard.variants, wanted, engine, encoder, ranking, first),
            partial(_beside, heard, wanted, engine, encoder, ranking, active, first),
        )
    )
    query, matched, starting = beside.query, beside.matched, beside.starting
    clock.lap("legs")
    meaning, units = beside.near
    if not query.instead:
        meaning, units = _stacked(near.vectors, meaning), fusion.nearest(near.units, units, ranking)
    found = fusion.Found(beside.words, units, beside.across)
    candidates = fusion.retrieve(query, meaning, engine, ranking, wanted.where, found)
    candidates = with_named(candidates, [*starting, *matched.pinned])
    clock.lap("retrieve")
    facts = engine.facts([c.document for c in candidates])
    scored = rerank(candidates, facts, query, starting, ranking, wanted)
    aside = asides([s.candidate.document for s in scored], query, engine, ranking, active.wording)
    scored = demoted(scored, aside, ranking) if aside else scored
    put = placed(cut(scored, ranking), scored, matched)
    kept = put.shown
    clock.lap("rerank")
    groups = grouped(kept, query.regions or wanted.near or wanted.where.regions)
    page = groups[wanted.offset : wanted.offset + wanted.limit]
    documents = engine.documents([g.first.candidate.document for g in page])
    names = engine.titles([s.candidate.document for g in page for s in g.others[: ranking.grouping.others]])
    words = display.wanted_words(query)
    hits = tuple(
        _hit(rank, g, query, words, document, names, ranking.units.window)
        for rank, g in enumerate(page, wanted.offset + 1)
        if (document := documents.get(g.first.candidate.document))
    )
    clock.lap("show")
    found_signals = signals(put.judged, query, starting, ranking)
    return SearchResult(
        hits=hits,
        total=len(groups),
        facets=facets(groups),
        degraded=encoder is None,
        index_version=engine.version(),
        took_ms=clock.total(),
        confidence=max(
            confidence(found_signals, ranking.confidence_lexical if meaning is None else ranking.confidence),
            ranking.curations.certain
            if matched.certain and kept and kept[0].candidate.document in matched.pinned
            else 0.0,
        ),
        signals=found_signals,
        did_you_mean=query.meant if query.meant and active.suggestible(query.meant) else None,
        recognised={"regions": query.regions, "audiences": query.audiences, "core": query.core},
        timings=clock.laps,
        excluded=tuple(s.candidate.document for s in put.excluded),
    )


class _Near(NamedTuple):
    """Of some wordings: their vectors, wordings × dimension, and the units that the dense leg finds by them."""

    vectors: np.ndarray | None
    units: Sequence[UnitHit]


class _First:
    """What `_heard` has while it is at work: the vectors as soon as they are there, and whether all is."""

    def __init__(self) -> None:
        self.vectors: Future[np.ndarray | None] = Future()
        self.done = False


class _Beside(NamedTuple):
    query: Query
    matched: Matched
    starting: dict[str, Starting]
    words: Sequence[UnitHit]
    near: _Near
    across: Sequence[UnitHit]


def _near(vectors: np.ndarray | None, wanted: Wanted, engine: Engine, ranking: Ranking) -> _Near:
    return _Near(vectors, fusion.by_meaning(vectors, engine, ranking, wanted.where))


def _heard(
    texts: Sequence[str], wanted: Wanted, engine: Engine, encoder: Encoder | None, ranking: Ranking, first: _First
) -> _Near:
    """What is near what was heard."""
    try:
        vectors = _encoded(texts, encoder)
    except BaseException as error:  # or who waits for it would wait for ever
        first.vectors.set_exception(error)
        raise
    first.vectors.set_result(vectors)
    near = _near(vectors, wanted, engine, ranking)
    first.done = True
    return near


def _beside(
    heard: Heard,
    wanted: Wanted,
    engine: Engine,
    encoder: Encoder | None,
    ranking: Ranking,
    active: Active,
    first: _First,
) -> _Beside:
    """What does not wait for the vector of what was heard: the query, curations for it, documents by name, the lexical leg, and
    what is near its other wordings. Then, while the dense leg is still asked, how near the lexical leg's documents are."""
    query = _understood(heard, engine, encoder, ranking, active.wording)
    matched, starting = active.matched(query, wanted), started(query, engine)
    words = fusion.by_words(query, engine, ranking, wanted.where)
    near = _near(_encoded(query.wordings, encoder), wanted, engine, ranking)
    across: Sequence[UnitHit] = ()
    if not first.done:
        documents = list(dict.fromkeys(hit.document for hit in words))
        vectors = near.vectors if query.instead else _stacked(first.vectors.result(), near.vectors)
        across = fusion.by_meaning_of(documents, vectors, engine, ranking, wanted.where)
    return _Beside(query, matched, starting, words, near, across)


def _stacked(*some: np.ndarray | None) -> np.ndarray | None:
    """All vectors that there are; None without any."""
    held = [vectors for vectors in some if vectors is not None]
    return np.concatenate(held) if held else None


def candidates_of(
    text: str, engine: Engine, encoder: Encoder | None, ranking: Ranking, wording: Wording
) -> tuple[Query, list[Candidate]]:
    """What both legs find and how they are fused, of everything, without boosts, cuts or curations."""
    heard = hear(text, ranking, wording)
    query = _understood(heard, engine, encoder, ranking, wording)
    texts = query.wordings if query.instead else (*heard.variants, *query.wordings)
    return query, fusion.retrieve(query, _encoded(texts, encoder), engine, ranking, Filter())


def _understood(heard: Heard, engine: Engine, encoder: Encoder | None, ranking: Ranking, wording: Wording) -> Query:
    return understand(heard, engine, ranking, wording, encoder.corrector if encoder else None)


def _encoded(texts: Sequence[str], encoder: Encoder | None) -> np.ndarray | None:
    """A vector for each text, texts × dimension; None without an encoder or a text."""
    return encoder.queries(texts) if encoder and texts else None


def with_named(candidates: list[Candidate], documents: Iterable[str]) -> list[Candidate]:
    """Documents whose name begins as typed, and pinned ones, take part even where neither leg found them."""
    found = {c.document for c in candidates}
    return candidates + [Candidate(d, None, None, 0.0) for d in dict.fromkeys(documents) if d not in found]


def signals(
    kept: Sequence[Scored], query: Query, starting: Mapping[str, Starting], ranking: Ranking
) -> dict[str, float]:
    """What confidence is judged by: the first hit's cosine, how much of the query's own wording it has, its lead over
    the second, how much of its name was typed. Empty without a hit."""
    if not kept:
        return {}
    best = kept[0]
    name = starting.get(best.candidate.document)
    return {
        "cosine": dense.score if (dense := best.candidate.dense) else 0.0,
        "coverage": lexical_strength(best, query),
        "margin": best.score - kept[1].score if len(kept) > 1 else ranking.cut.below_best,
        "name": name.share if name else 0.0,
    }


def confidence(found: Mapping[str, float], weights: Confidence) -> float:
    """Probability that the first hit is what was asked for: logistic in its signals, fitted by calibrate.py."""
    if not found:
        return 0.0
    weight = weights.model_dump()
    x = weight["bias"] + sum(weight[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(min(x, 40.0), -40.0)))


def lexical_strength(scored: Scored, query: Query) -> float:
    """BM25 sum a typed character: how much of the query's own wording the document has, whatever its length."""
    found, said = scored.candidate.lexical, query.characters
    return found.score / said if found and said else 0.0


def _hit(
    rank: int,
    group: Group,
    query: Query,
    words: Sequence[str],
    document: Document,
    names: Mapping[str, str],
    window: int,
) -> Hit:
    """`names` are titles of the group's others, by id: nothing else is told of them that facts do not tell."""
    scored = group.first
    shown = display.show(document, words, scored.candidate, window)
    legs = {
        name: None
        if leg is None
        else {"rank": leg.rank, "score": round(leg.score, 4), "support": round(leg.support, 4), "unit": leg.unit}
        for name, leg in (("lexical", scored.candidate.lexical), ("dense", scored.candidate.dense))
    }
    return Hit(
        id=document.id,
        kind=document.kind,
        title=document.title,
        snippet=shown.snippet,
        highlights=shown.highlights,
        score=round(scored.score, 4),
        why={
            "rank": rank,
            "matched": shown.matched,
            "synonyms": [{"said": s.said, "official": list(s.official)} for s in query.synonyms],
            "repaired": query.repaired,
            "section": shown.role,
            "legs": legs,
            "fused": round(scored.candidate.fused, 4),
            "rules": [{k: v for k, v in rule._asdict().items() if v is not None} for rule in scored.rules],
        },
        regions=document.regions,
        group=1 + len(group.others),
        others=tuple(
            Other(s.candidate.document, name, s.facts.regions, s.facts.department)
            for s in group.others
            if (name := names.get(s.candidate.document))
        ),
    )


class Clock:
    """Milliseconds by step."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._start = self._last = now()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = self._now()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now

    def total(self) -> float:
        return round((self._last - self._start) * 1000, 3)

"""Embedded → Elasticsearch: documents and vectors are read, nothing is encoded; what a killed run has written is not
written again; served only after the comparison."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import opening, vector_cache
from .build import Progress, cache_of, manifest_of
from .compare import Comparison, compare, overlaps, queries_of
from .engine import Engine, Record
from .errors import IndexDamaged, IndexMissing, MigrationFailed
from .facade import Index
from .models import Document, IndexSettings
from .ranking import Ranking
from .units import pieces, record_of, texts_of

READ_AT_ONCE = 200
"""Documents held in memory."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """How many documents were written now, and were there from a run before."""

    written: int
    found: int
    seconds: float
    comparison: Comparison


def migrate(
    settings: IndexSettings, queries: int, at_least: float, progress: Progress = lambda step, done, all_: None
) -> Migrated:
    """Makes the Elasticsearch that the settings name serve what the embedded index under `path` serves. Raises
    MigrationFailed, and leaves what was served before, when the two differ or the first hits of `queries` sample queries
    overlap by less than `at_least`."""
    from .elastic.engine import ElasticEngine
    from .elastic.store import ElasticStore
    from .embedded.engine import EmbeddedEngine

    if not settings.elasticsearch_url:
        raise IndexMissing("要迁移到 Elasticsearch，请设置 ELASTICSEARCH_URL")
    start = time.perf_counter()
    ranking, encoder = opening.ranking(), opening.encoder(settings)
    source = EmbeddedEngine(settings.path, ranking.vectors)
    made_with = source.manifest
    opening.check(made_with, manifest_of(encoder, ranking))
    here = source.digests()
    store = ElasticStore(settings.elasticsearch_url, settings)
    draft = store.resume(version_of(source), made_with)
    remote = ElasticEngine(settings.elasticsearch_url, settings, draft.version)
    there = remote.digests()
    left = [d for d, digest in here.items() if there.get(d) != digest]
    reading = Reading(source, source.vectors, cache_of(settings), ranking)
    store.fill(draft, reading.records(left, progress))
    seeing = encoder if made_with.encoder else None
    shares = overlaps(
        Index(source, seeing, ranking),
        Index(remote, seeing, ranking),
        queries_of(list(source.documents(list(here)).values()), queries),
        lambda done: progress("compare", done, queries),
    )
    result = compare(here, remote.digests(), shares, at_least)
    if not result.same:
        raise MigrationFailed(told(result))
    store.publish(draft)
    return Migrated(len(left), len(here) - len(left), round(time.perf_counter() - start, 3), result)


def told(result: Comparison) -> str:
    """For people, one line."""
    counts = (
        f"{result.documents} 份资料：缺 {len(result.missing)}，多 {len(result.extra)}，不同 {len(result.differing)}"
    )
    apart = "".join(f"；「{query}」{share:.1f}" for query, share in result.apart)
    return f"{counts}；{result.queries} 个查询的前十条重合 {result.overlap:.4f}（至少 {result.at_least}）{apart}"


def version_of(source: Engine) -> str:
    """The same for the same state of the embedded index, so that a second run finds what the first has begun."""
    return f"m{hashlib.sha256(source.version().encode()).hexdigest()[:11]}"


class Reading:
    """Records of the embedded index, as a build would have made them. Vectors come from the cache, which has them whole,
    or from the index."""

    def __init__(
        self, source: Engine, stored: Callable[[str], np.ndarray | None], cache: Path, ranking: Ranking
    ) -> None:
        self._source, self._stored, self._cache = source, stored, cache
        self._made_with = source.manifest
        self._window = ranking.units.window

    def records(self, documents: Sequence[str], progress: Progress) -> Iterator[Record]:
        for start in range(0, len(documents), READ_AT_ONCE):
            part = documents[start : start + READ_AT_ONCE]
            for document in self._source.documents(part).values():
                yield self._record(document)
            progress("index", start + len(part), len(documents))

    def _record(self, document: Document) -> Record:
        parts = pieces(document, self._window)
        made = self._made_with
        if not (made.encoder and made.dimension):
            return record_of(document, parts, None)
        vectors = vector_cache.known(self._cache, made.encoder, made.dimension, texts_of(parts))
        if vectors is None:
            vectors = self._stored(document.id)
        if vectors is None or len(vectors) != len(parts):
            raise IndexDamaged(f"索引里「{document.id}」的向量不全，请重新运行 python -m index build")
        return record_of(document, parts, vectors)

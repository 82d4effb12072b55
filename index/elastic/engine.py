"""The Elasticsearch engine, for reading."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import Clause, Facts, Filter, Manifest, Started, UnitHit
from ..errors import IndexMismatch, IndexMissing
from ..models import Document, IndexSettings
from ..suggest_keys import keys_of
from . import layout
from .connection import connect, translated

_LOOK_AGAIN_SECONDS = 0.5
_MOST_CANDIDATES = 10_000
_CANDIDATES_PER_HIT = 2
_SPELLINGS = 20


@dataclass(frozen=True)
class _Served:
    """One published state. The caches hold what cannot change within it."""

    version: str
    manifest: Manifest
    units: str
    documents: str
    bodies: dict[str, Document] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    spellings: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class ElasticEngine:
    """Implements `engine.Engine`. Thread-safe; a search reads the generation that `refresh` found last."""

    def __init__(self, url: str, settings: IndexSettings) -> None:
        self._client = connect(url, settings)
        self._names = layout.Names(settings.name)
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._served = self._look()

    @property
    def manifest(self) -> Manifest:
        return self._served.manifest

    def version(self) -> str:
        return self._served.version

    def refresh(self) -> None:
        with self._lock:
            if time.monotonic() - self._looked < _LOOK_AGAIN_SECONDS:
                return
            found = self._look()
            self._looked = time.monotonic()
            if found.version != self._served.version:
                self._served = found

    def lexical(self, clauses: Sequence[Clause], where: Filter, limit: int) -> list[UnitHit]:
        if not clauses:
            return []
        should = [{"term": {c.field: {"value": c.term, "boost": c.boost}}} for c in clauses]
        query = {"bool": {"should": should, "minimum_should_match": 1, "filter": layout.filters(where)}}
        found = self._search(query=query, size=limit)
        return [UnitHit(document, unit, score) for document, unit, score in found]

    def dense(self, vectors: np.ndarray, where: Filter, limit: int) -> list[UnitHit]:
        best: dict[tuple[str, int], float] = {}
        for vector in vectors:
            knn = {
                "field": "vector",
                "query_vector": vector.tolist(),
                "k": limit,
                "num_candidates": min(limit * _CANDIDATES_PER_HIT, _MOST_CANDIDATES),
                "filter": layout.filters(where),
            }
            for document, unit, score in self._search(knn=knn, size=limit):
                # dot_product scores are (1 + cosine) / 2
                best[document, unit] = max(best.get((document, unit), -1.0), 2 * score - 1)
        ranked = sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))
        return [UnitHit(document, unit, score) for (document, unit), score in ranked[:limit]]

    def facts(self, documents: Sequence[str]) -> dict[str, Facts]:
        return {
            identifier: Facts(d.kind, d.regions, d.audiences, d.department, d.valid_from, d.valid_to, d.popularity)
            for identifier, d in self.documents(documents).items()
        }

    def documents(self, documents: Sequence[str]) -> dict[str, Document]:
        served = self._served
        wanted = [d for d in dict.fromkeys(documents) if d not in served.bodies]
        if wanted:
            with translated():
                found = self._client.mget(index=served.documents, ids=wanted, source_includes=["body"])
            for entry in found["docs"]:
                if entry.get("found"):
                    served.bodies[entry["_id"]] = Document.from_json(entry["_source"]["body"])
        return {d: served.bodies[d] for d in documents if d in served.bodies}

    def spellings(self, sound: str) -> list[tuple[str, int]]:
        served = self._served
        if sound in served.spellings:
            return served.spellings[sound]
        start = f"{sound}="
        # of the regular expression that `include` is, our alphabet has no special character
        counted = {"terms": {"field": "spelling", "include": f"{start}.*", "size": _SPELLINGS}}
        with translated():
            found = self._client.search(
                index=served.units, size=0, query={"prefix": {"spelling": start}}, aggs={"found": counted}
            )
        buckets = found["aggregations"]["found"]["buckets"]
        served.spellings[sound] = [(bucket["key"][len(start) :], bucket["doc_count"]) for bucket in buckets]
        return served.spellings[sound]

    def frequencies(self, grams: Sequence[str]) -> list[int]:
        served = self._served
        unknown = [g for g in dict.fromkeys(grams) if g not in served.counts]
        if unknown:
            counted = {"filters": {"filters": {g: {"term": {"grams": g}} for g in unknown}}}
            with translated():
                found = self._client.search(index=served.units, size=0, aggs={"found": counted})
            for gram, bucket in found["aggregations"]["found"]["buckets"].items():
                served.counts[gram] = bucket["doc_count"]
        return [served.counts[g] for g in grams]

    def suggest(self, key: str, limit: int) -> list[Started]:
        with translated():
            found = self._client.search(
                index=self._served.documents,
                query={"term": {"starters": key}},
                sort=[{"popularity": "desc"}, {"_doc": "asc"}],
                size=limit,
                source_includes=["body"],
            )
        documents = [Document.from_json(hit["_source"]["body"]) for hit in found["hits"]["hits"]]
        names = [(d, name) for d in documents for name in dict.fromkeys((d.title, *d.aliases)) if key in keys_of(name)]
        return [Started(name, d.kind, d.id, d.popularity) for d, name in names][:limit]

    def digests(self) -> dict[str, str]:
        from elasticsearch.helpers import scan

        with translated():
            hits = scan(self._client, index=self._served.documents, _source=["digest"], size=1000)
            return {hit["_id"]: hit["_source"]["digest"] for hit in hits}

    def close(self) -> None:
        self._client.close()

    def _search(self, *, size: int, **what: Any) -> list[tuple[str, int, float]]:
        """(document, unit, raw score), best first, equal scores by document and unit."""
        with translated():
            found = self._client.search(
                index=self._served.units,
                size=size,
                source=False,
                docvalue_fields=[{"field": "document"}, {"field": "unit"}],
                **what,
            )
        hits = [(h["fields"]["document"][0], int(h["fields"]["unit"][0]), h["_score"]) for h in found["hits"]["hits"]]
        return sorted(hits, key=lambda hit: (-hit[2], hit[0], hit[1]))

    def _look(self) -> _Served:
        with translated():
            found = self._client.indices.get_mapping(index=self._names.documents)
        if len(found) != 1:
            raise IndexMissing("Elasticsearch 中的索引别名不唯一，请重新运行 python -m index build")
        name, mapping = next(iter(found.items()))
        said = mapping["mappings"].get("_meta", {})
        if said.get("layout") != layout.VERSION:
            raise IndexMismatch("Elasticsearch 中的索引出自另一版程序，请重新运行 python -m index build")
        units, documents = self._names.generation(said["version"])
        if name != documents:
            raise IndexMismatch(f"Elasticsearch 中的索引名不符：{name}")
        version = f"{said['version']}.{said['changes']}"
        return _Served(version, layout.manifest_from(said["manifest"]), units, documents)

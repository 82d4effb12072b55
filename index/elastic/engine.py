"""The Elasticsearch engine, for reading."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import Clause, Facts, Filter, Manifest, Started, UnitHit
from ..grouping import group_of
from ..models import Document, IndexSettings
from ..suggest_keys import keys_of
from . import layout, state
from .connection import Breaker, connect
from .limits import limits
from .pages import NEAREST, every
from .state import State

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Served:
    """One published state. The caches hold what cannot change within it."""

    state: State
    units: str
    documents: str
    filters: list[dict[str, Any]]
    bodies: dict[str, Document] = field(default_factory=dict)
    spellings: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return f"{self.state.version}.{self.state.changes}"


class ElasticEngine:
    """Implements `engine.Engine`. Thread-safe; a search reads the state that `refresh` found last. `version` opens a
    generation that is not served yet."""

    def __init__(self, url: str, settings: IndexSettings, version: str | None = None) -> None:
        self._client = connect(url, settings)
        self._names = layout.Names(settings.name)
        self._numbers = limits().read
        self._asked = Breaker(self._numbers)
        self._at = self._names.generation(version)[1] if version else self._names.documents
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._served = self._look()

    @property
    def manifest(self) -> Manifest:
        return self._served.state.manifest

    @property
    def at_once(self) -> int:
        """As many as there are connections: searches wait for the server."""
        return self._numbers.at_once

    def version(self) -> str:
        return self._served.version

    def refresh(self, wait: bool = False) -> None:
        if not self._lock.acquire(blocking=wait):
            return
        try:
            if not wait and time.monotonic() - self._looked < self._numbers.look_again:
                return
            self._looked = time.monotonic()
            found = self._look()
            if not found.state.manifest.reads_like(self.manifest):
                log.warning("another program built %s: %s is served on", found.version, self._served.version)
            elif found.version != self._served.version:
                self._served = found
        finally:
            self._lock.release()

    def lexical(self, clauses: Sequence[Clause], where: Filter, limit: int) -> list[UnitHit]:
        if not clauses:
            return []
        served = self._served
        should = [{"term": {c.field: {"value": c.term, "boost": c.boost}}} for c in clauses]
        query = {
            "bool": {"should": should, "minimum_should_match": 1, "filter": [*served.filters, *layout.filters(where)]}
        }
        found = self._search(served, query=query, **_asked_for(where, limit))
        return [UnitHit(document, unit, score) for document, unit, score in found]

    def dense(self, vectors: np.ndarray, where: Filter, limit: int) -> list[UnitHit]:
        served, best = self._served, dict[tuple[str, int], float]()
        for vector in vectors:
            knn = {
                "field": "vector",
                "query_vector": vector.tolist(),
                "k": limit,
                "num_candidates": min(limit * self._numbers.candidates_per_hit, self._numbers.most_candidates),
                "filter": [*served.filters, *layout.filters(where)],
            }
            for document, unit, score in self._search(served, knn=knn, **_asked_for(where, limit)):
                # dot_product scores are (1 + cosine) / 2
                best[document, unit] = max(best.get((document, unit), -1.0), 2 * score - 1)
        ranked = sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))
        return [UnitHit(document, unit, score) for (document, unit), score in ranked[:limit]]

    def facts(self, documents: Sequence[str]) -> dict[str, Facts]:
        return {
            identifier: Facts(
                d.kind, d.regions, d.audiences, d.department, d.valid_from, d.valid_to, d.popularity, group_of(d)
            )
            for identifier, d in self.documents(documents).items()
        }

    def documents(self, documents: Sequence[str]) -> dict[str, Document]:
        served = self._served
        wanted = [d for d in dict.fromkeys(documents) if d not in served.bodies]
        for start in range(0, len(wanted), self._numbers.documents):
            part = wanted[start : start + self._numbers.documents]
            query = {"bool": {"filter": [*served.filters, {"terms": {"document": part}}]}}
            with self._asked():
                found = self._client.search(
                    index=served.documents,
                    query=query,
                    size=len(part),
                    source_includes=["body", "document"],
                    preference=NEAREST,
                )
            for entry in found["hits"]["hits"]:
                served.bodies[entry["_source"]["document"]] = Document.from_json(entry["_source"]["body"])
        return {d: served.bodies[d] for d in documents if d in served.bodies}

    def titles(self, documents: Sequence[str]) -> dict[str, str]:
        return {identifier: d.title for identifier, d in self.documents(documents).items()}

    def spellings(self, keys: Sequence[str]) -> list[list[tuple[str, int]]]:
        served = self._served  # `refresh` may bring another one meanwhile
        wanted = [k for k in dict.fromkeys(keys) if k not in served.spellings]
        for start in range(0, len(wanted), self._numbers.spelling_keys):
            self._look_up(wanted[start : start + self._numbers.spelling_keys], served)
        return [served.spellings[k] for k in keys]

    def _look_up(self, keys: Sequence[str], served: _Served) -> None:
        # of the regular expression that `include` is, our alphabet has no special character
        counted = {
            "terms": {
                "field": "spelling",
                "include": f"({'|'.join(keys)})=.*",
                "size": self._numbers.spellings * len(keys),
            }
        }
        with self._asked():
            found = self._client.search(
                index=served.units,
                size=0,
                query={"bool": {"filter": served.filters}},
                aggs={"found": counted},
                preference=NEAREST,
            )
        words: dict[str, list[tuple[str, int]]] = {key: [] for key in keys}
        for bucket in found["aggregations"]["found"]["buckets"]:
            key, _, word = bucket["key"].partition("=")
            words[key].append((word, bucket["doc_count"]))
        served.spellings.update(words)

    def suggest(self, key: str, limit: int) -> list[Started]:
        served = self._served
        with self._asked():
            found = self._client.search(
                index=served.documents,
                query={"bool": {"filter": [*served.filters, {"term": {"starters": key}}]}},
                sort=[{"popularity": "desc"}, {"document": "asc"}],
                size=limit,
                source_includes=["body"],
                preference=NEAREST,
            )
        documents = [Document.from_json(hit["_source"]["body"]) for hit in found["hits"]["hits"]]
        names = [(d, name) for d in documents for name in dict.fromkeys((d.title, *d.aliases)) if key in keys_of(name)]
        return [Started(name, d.kind, d.id, d.popularity) for d, name in names][:limit]

    def digests(self, documents: Sequence[str] | None = None) -> dict[str, str]:
        served = self._served
        few = documents is not None and len(documents) <= self._numbers.documents
        named = [{"terms": {"document": list(documents or ())}}] if few else []
        query = {"bool": {"filter": [*served.filters, *named]}}
        fields = ("digest", "document")
        with self._asked():
            hits = every(self._client, served.documents, query, ("copy",), self._numbers.documents, fields)
            found = {hit["_source"]["document"]: hit["_source"]["digest"] for hit in hits}
        return found if documents is None else {d: found[d] for d in documents if d in found}

    def close(self) -> None:
        self._client.close()

    def _search(self, served: _Served, *, size: int, **what: Any) -> list[tuple[str, int, float]]:
        """(document, unit, raw score), best first, equal scores by document and unit."""
        with self._asked():
            found = self._client.search(
                index=served.units,
                size=size,
                source=False,
                docvalue_fields=[{"field": "document"}, {"field": "unit"}],
                preference=NEAREST,
                **what,
            )
        hits = [(h["fields"]["document"][0], int(h["fields"]["unit"][0]), h["_score"]) for h in found["hits"]["hits"]]
        return sorted(hits, key=lambda hit: (-hit[2], hit[0], hit[1]))

    def _look(self) -> _Served:
        with self._asked():
            found = self._client.get(index=self._at, id=state.ID, preference=NEAREST)
        made = State.from_json(found["_source"]["state"])
        units, documents = self._names.generation(made.version)
        return _Served(made, units, documents, made.filters())


def _asked_for(where: Filter, limit: int) -> dict[str, Any]:
    """Of documents that are given the best unit each: hundreds of units are found, and each that is fetched costs."""
    if where.documents is None:
        return {"size": limit}
    return {"size": min(limit, len(where.documents)), "collapse": {"field": "document"}}

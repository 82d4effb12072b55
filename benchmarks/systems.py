"""The search systems that `make bench-compare` sets side by side, each behind the same three calls."""

from __future__ import annotations

import http.client
import json
import sqlite3
import sys
import threading
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np

from index import IndexSettings, analysis, build, opening, wording
from index.encoder import Encoder
from index.models import Document
from index.search import candidates_of
from index.turns import Turns, cores
from index.vector_cache import VectorCache
from search_api.app import SWITCH_SECONDS

DEPTH = 10
RECIPROCAL_RANK = 60
"""k of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""
BULK = 500


class System(Protocol):
    """`search` gives the ids of the best ten and may be called by several threads."""

    def build(self, documents: Sequence[Document]) -> None: ...

    def search(self, text: str) -> list[str]: ...

    def close(self) -> None: ...


def text_of(document: Document) -> str:
    return "\n".join([document.title, *(s.text for s in document.sections)])


def pairs(text: str) -> list[str]:
    """Overlapping pairs of Chinese characters, other runs whole: what Lucene's cjk analysis gives."""
    found: list[str] = []
    for run in analysis.runs(analysis.fold(text)):
        found += [a + b for a, b in pairwise(run)] or [run] if analysis.is_han(run) else [run]
    return found


class Bm25s:
    """bm25s, with the words that jieba cuts."""

    def build(self, documents: Sequence[Document]) -> None:
        import bm25s

        self._ids = [d.id for d in documents]
        self._index = bm25s.BM25()
        self._index.index([analysis.words(analysis.fold(text_of(d))) for d in documents], show_progress=False)

    def search(self, text: str) -> list[str]:
        words = analysis.words(analysis.fold(text))
        found, _ = self._index.retrieve([words], k=min(DEPTH, len(self._ids)), show_progress=False)
        return [self._ids[int(row)] for row in found[0]]

    def close(self) -> None: ...


class Fts5:
    """SQLite's full-text index over pairs of characters, on disk."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts.sqlite"
        self._mine = threading.local()

    def build(self, documents: Sequence[Document]) -> None:
        with sqlite3.connect(self._path) as base:
            base.execute("CREATE VIRTUAL TABLE entries USING fts5(id UNINDEXED, body, tokenize='unicode61')")
            rows = ((d.id, " ".join(pairs(text_of(d)))) for d in documents)
            base.executemany("INSERT INTO entries VALUES (?, ?)", rows)

    def search(self, text: str) -> list[str]:
        if not hasattr(self._mine, "base"):
            self._mine.base = sqlite3.connect(self._path)
        wanted = " OR ".join(f'"{p}"' for p in dict.fromkeys(pairs(text)))
        if not wanted:
            return []
        asked = "SELECT id FROM entries WHERE entries MATCH ? ORDER BY bm25(entries) LIMIT ?"
        return [row[0] for row in self._mine.base.execute(asked, (wanted, DEPTH))]

    def close(self) -> None: ...


class Ours:
    """Production retrieval and fusion of this project, as `python -m index evaluate` measures it, with as many searches at once and
    the interpreter's lock handed on as in production."""

    def __init__(self, settings: IndexSettings, cache: Path) -> None:
        self._settings, self._cache = settings, cache

    def build(self, documents: Sequence[Document]) -> None:
        build(documents, self._settings, cache=self._cache)
        self._ranking, self._words = opening.ranking(), wording.default()
        self._engine, _ = opening.engine(self._settings, self._ranking)
        self._encoder = opening.encoder(self._settings)
        self._turns = Turns(self._engine.at_once, cores=cores())
        sys.setswitchinterval(SWITCH_SECONDS)

    def search(self, text: str) -> list[str]:
        with self._turns:
            _, found = candidates_of(text, self._engine, self._encoder, self._ranking, self._words)
        return [c.document for c in found[:DEPTH]]

    def close(self) -> None:
        self._turns.close()
        self._engine.close()
        opening.store(self._settings, self._ranking).drop()


class Elastic:
    """Elasticsearch by itself over one field of text and one vector a document. `way`: `standard` is its own analysis of
    Chinese (one character a term), `pairs` gets pairs of characters from us (as its cjk analysis would cut, which this
    distribution lacks), `knn` its vectors, `both` the better of `pairs` and `knn` by reciprocal ranks, in one request."""

    def __init__(self, way: str, url: str, encoder: Encoder, cache: Path) -> None:
        self._way, self._encoder, self._cache = way, encoder, cache
        self._server = urlsplit(url)
        self._mine = threading.local()
        self._index = f"compare-{way}"

    def build(self, documents: Sequence[Document]) -> None:
        analyzer = "standard" if self._way == "standard" else "whitespace"
        vector = {"type": "dense_vector", "dims": self._encoder.dimension, "index": True, "similarity": "dot_product"}
        fields: dict[str, Any] = {"body": {"type": "text", "analyzer": analyzer}, "vector": vector}
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        self._ask("PUT", f"/{self._index}", {"settings": settings, "mappings": {"properties": fields}})
        vectors = self._vectors(documents)
        for start in range(0, len(documents), BULK):
            lines: list[Any] = []
            for row, document in enumerate(documents[start : start + BULK], start):
                text = text_of(document)
                body: dict[str, Any] = {"body": text if self._way == "standard" else " ".join(pairs(text))}
                if vectors is not None:
                    body["vector"] = vectors[row].tolist()
                lines += [{"index": {"_id": document.id}}, body]
            done = self._ask("POST", f"/{self._index}/_bulk", lines)
            assert not done["errors"], done["items"][0]
        self._ask("POST", f"/{self._index}/_forcemerge?max_num_segments=1", None)
        self._ask("POST", f"/{self._index}/_refresh", None)

    def search(self, text: str) -> list[str]:
        wanted = text if self._way == "standard" else " ".join(pairs(text))
        words = {"query": {"match": {"body": wanted}}, "size": DEPTH, "_source": False}
        if self._way in ("standard", "pairs"):
            return _ids(self._ask("POST", f"/{self._index}/_search", words))
        vector = self._encoder.queries([text])[0].tolist()
        near = {"field": "vector", "query_vector": vector, "k": DEPTH * 5, "num_candidates": 200}
        if self._way == "knn":
            return _ids(self._ask("POST", f"/{self._index}/_search", {"knn": near, "size": DEPTH, "_source": False}))
        asked = [{}, {**words, "size": DEPTH * 5}, {}, {"knn": near, "size": DEPTH * 5, "_source": False}]
        found = self._ask("POST", f"/{self._index}/_msearch", asked)
        return fused(_ids(answer) for answer in found["responses"])

    def close(self) -> None:
        self._ask("DELETE", f"/{self._index}", None)

    def _vectors(self, documents: Sequence[Document]) -> np.ndarray | None:
        if self._way not in ("knn", "both"):
            return None
        with VectorCache(self._cache, self._encoder) as cache:
            return cache.vectors([text_of(d) for d in documents])

    def _ask(self, method: str, path: str, body: Any) -> Any:
        if not hasattr(self._mine, "line"):
            self._mine.line = http.client.HTTPConnection(self._server.hostname or "", self._server.port, timeout=300)
        if isinstance(body, list):
            data, kind = "".join(json.dumps(line) + "\n" for line in body), "application/x-ndjson"
        else:
            data, kind = json.dumps(body) if body is not None else "", "application/json"
        self._mine.line.request(method, path, data.encode(), {"Content-Type": kind})
        answer = self._mine.line.getresponse()
        raw = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {raw[:300]!r}")
        return json.loads(raw)


def fused(rankings: Iterable[list[str]]) -> list[str]:
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, document in enumerate(ranking, 1):
            scores[document] = scores.get(document, 0.0) + 1 / (RECIPROCAL_RANK + rank)
    return sorted(scores, key=lambda d: (-scores[d], d))[:DEPTH]


def _ids(answer: Any) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]

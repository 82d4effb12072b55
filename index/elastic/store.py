"""Writes to Elasticsearch: a build fills new indices and swaps both aliases at once; a change is one bulk that becomes
visible by one refresh."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from ..engine import Manifest, Record
from ..errors import EngineUnavailable
from ..models import IndexSettings
from . import layout
from .connection import BUILD_SECONDS, connect, translated

_CHUNK = 500
_CHUNK_BYTES = 8 * 1024 * 1024
_RETRIES = 6
_FIRST_WAIT_SECONDS = 0.5
_MOST_UNITS = 10_000


class ElasticStore:
    """Implements `engine.Store`."""

    def __init__(self, url: str, settings: IndexSettings) -> None:
        self._client: Elasticsearch = connect(url, settings).options(request_timeout=BUILD_SECONDS)
        self._names = layout.Names(settings.name)

    def replace(self, records: Iterable[Record], manifest: Manifest) -> None:
        version = uuid.uuid4().hex[:12]
        units, documents = self._names.generation(version)
        with translated():
            try:
                self._create(units, layout.units_mapping(manifest.dimension))
                self._create(documents, layout.documents_mapping(manifest, version, 0))
                self._bulk(action for record in records for action in _actions(record, units, documents))
                self._show(units, documents)
                before = self._swap(units, documents)
            except BaseException:
                self._client.indices.delete(index=[units, documents], ignore_unavailable=True)
                raise
            self._forget({units, documents, *before})

    def change(self, changed: Iterable[Record], removed: Iterable[str], manifest: Manifest) -> None:
        fresh = list(changed)
        with translated():
            served = self._client.indices.get_mapping(index=self._names.documents)
            said = next(iter(served.values()))["mappings"]["_meta"]
            units, documents = self._names.generation(said["version"])
            gone = list(removed)
            stale = self._unit_ids(units, [*gone, *(r.document.id for r in fresh)])
            written = [action for record in fresh for action in _actions(record, units, documents)]
            kept = {action["_id"] for action in written if action["_index"] == units}
            dropped = [{"_op_type": "delete", "_index": units, "_id": i} for i in stale if i not in kept]
            dropped += [{"_op_type": "delete", "_index": documents, "_id": d} for d in gone]
            self._bulk([*written, *dropped])
            self._show(units, documents)
            meta = layout.meta(layout.manifest_from(said["manifest"]), said["version"], said["changes"] + 1)
            self._client.indices.put_mapping(index=documents, meta=meta)

    def drop(self) -> None:
        with translated():
            self._forget(set())

    def _create(self, name: str, mapping: dict[str, Any]) -> None:
        self._client.indices.create(index=name, settings=layout.settings(), mappings=mapping)

    def _bulk(self, actions: Iterable[dict[str, Any]]) -> None:
        """Waits longer and longer where the server says that it is too busy."""
        written = streaming_bulk(
            self._client,
            actions,
            chunk_size=_CHUNK,
            max_chunk_bytes=_CHUNK_BYTES,
            max_retries=_RETRIES,
            initial_backoff=_FIRST_WAIT_SECONDS,
        )
        try:
            for _ in written:
                pass
        except BulkIndexError as error:
            raise EngineUnavailable(f"写入 Elasticsearch 失败：{error.errors[:1]}") from error

    def _show(self, *indices: str) -> None:
        self._client.indices.refresh(index=list(indices))

    def _swap(self, units: str, documents: str) -> list[str]:
        """Both aliases at once; names of the indices that were served before."""
        before = self._held(self._names.units) + self._held(self._names.documents)
        actions: list[dict[str, Any]] = [{"remove": {"index": name, "alias": "*"}} for name in before]
        actions += [
            {"add": {"index": units, "alias": self._names.units}},
            {"add": {"index": documents, "alias": self._names.documents}},
        ]
        self._client.indices.update_aliases(actions=actions)
        return before

    def _held(self, alias: str) -> list[str]:
        if not self._client.indices.exists_alias(name=alias):
            return []
        return list(self._client.indices.get_alias(name=alias))

    def _forget(self, kept: set[str]) -> None:
        """Delete generations but those kept: the one before stays for searches that are under way."""
        patterns = [f"{self._names.units}-*", f"{self._names.documents}-*"]
        found = self._client.indices.get(index=patterns, ignore_unavailable=True, allow_no_indices=True)
        stale = [name for name in found if name not in kept]
        if stale:
            self._client.indices.delete(index=stale, ignore_unavailable=True)

    def _unit_ids(self, units: str, documents: list[str]) -> list[str]:
        if not documents:
            return []
        found = self._client.search(
            index=units, query={"terms": {"document": documents}}, size=_MOST_UNITS, source=False
        )
        return [hit["_id"] for hit in found["hits"]["hits"]]


def _actions(record: Record, units: str, documents: str) -> Iterator[dict[str, Any]]:
    document = record.document
    for unit in record.units:
        source: dict[str, Any] = {
            "grams": unit.grams,
            "words": unit.words,
            "sound": unit.sound,
            "spelling": unit.spellings,
            "document": document.id,
            "unit": unit.number,
            "kind": document.kind,
            "region": document.regions,
            "audience": document.audiences,
        }
        if document.department:
            source["department"] = document.department
        if unit.vector is not None:
            source["vector"] = unit.vector.tolist()
        yield {"_index": units, "_id": f"{document.id}#{unit.number}", "_source": source}
    yield {
        "_index": documents,
        "_id": document.id,
        "_source": {
            "body": document.to_json(),
            "digest": document.digest(),
            "starters": list(dict.fromkeys(key for starter in record.starters for key in starter.keys)),
            "popularity": document.popularity,
            "kind": document.kind,
        },
    }

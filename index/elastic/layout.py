"""Names, templates and filters of our indices. The engine gets terms, not text: an array of our own terms in a field with
the `keyword` analyzer scores BM25 with the right lengths and matches what the embedded engine matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from ..engine import LEXICAL_FIELDS, Filter
from ..errors import IndexMismatch
from .state import LAYOUT

_KEYWORD = {"type": "keyword"}
_STORED = {"type": "keyword", "index": False, "doc_values": False}
_PRIORITY = 500
"""Over a cluster's own catch-all templates; those of the vendor end at 200."""


@dataclass(frozen=True, slots=True)
class Names:
    """Of the aliases, of the templates, and of the indices of one generation."""

    prefix: str

    @property
    def units(self) -> str:
        return f"{self.prefix}-units"

    @property
    def documents(self) -> str:
        return f"{self.prefix}-documents"

    def generation(self, version: str) -> tuple[str, str]:
        return f"{self.units}-{version}", f"{self.documents}-{version}"


def ensure_templates(client: Elasticsearch, names: Names) -> None:
    """Puts our composable templates, or newer ones over older ones. Raises IndexMismatch where a newer program's stand."""
    for name, mappings in ((names.units, _units()), (names.documents, _documents())):
        standing = _version(client, name)
        if standing is not None and standing > LAYOUT:
            raise IndexMismatch(f"Elasticsearch 中的索引模板（第{standing}版）出自更新的程序，请先升级本程序")
        if standing == LAYOUT:
            continue
        client.indices.put_index_template(
            name=name,
            index_patterns=[f"{name}-*"],
            priority=_PRIORITY,
            version=LAYOUT,
            # a bulk that comes after its index was deleted must not bring a half one back
            allow_auto_create=False,
            template={"settings": _settings(), "mappings": mappings},
        )


def _version(client: Elasticsearch, name: str) -> int | None:
    try:
        found = client.indices.get_index_template(name=name)
    except NotFoundError:
        return None
    return int(found["index_templates"][0]["index_template"].get("version", 0))


def _settings() -> dict[str, Any]:
    """One shard: term statistics of a whole. Two copies where there are two nodes. Never refreshed by itself."""
    return {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1"}


def _units() -> dict[str, Any]:
    lexical = {"type": "text", "analyzer": "keyword", "index_options": "freqs", "norms": True}
    return {
        "dynamic": "strict",
        "_source": {"excludes": [*LEXICAL_FIELDS, "spelling", "vector"]},
        "properties": {
            **dict.fromkeys(LEXICAL_FIELDS, lexical),
            "spelling": _KEYWORD,
            "document": _KEYWORD,
            "copy": _KEYWORD,
            "edition": {"type": "integer"},
            "unit": {"type": "integer"},
            "kind": _KEYWORD,
            "region": _KEYWORD,
            "audience": _KEYWORD,
            "department": _KEYWORD,
        },
    }


def vector(dimension: int) -> dict[str, Any]:
    """Of the units, added when an index is made: the encoder decides."""
    return {
        "type": "dense_vector",
        "dims": dimension,
        "index": True,
        "similarity": "dot_product",
        "index_options": {"type": "hnsw", "m": 16, "ef_construction": 200},
    }


def _documents() -> dict[str, Any]:
    return {
        "dynamic": "strict",
        "properties": {
            "state": _STORED,
            "body": _STORED,
            "document": _KEYWORD,
            "copy": _KEYWORD,
            "edition": {"type": "integer"},
            "digest": {"type": "keyword", "index": False},
            "starters": {"type": "keyword", "doc_values": False},
            "popularity": {"type": "float"},
            "kind": _KEYWORD,
        },
    }


def filters(where: Filter) -> list[dict[str, Any]]:
    """Clauses that must hold and do not score."""
    chosen = (
        ("kind", where.kinds),
        ("region", where.regions),
        ("audience", where.audiences),
        ("department", where.departments),
        ("document", where.documents),
    )
    return [
        {"terms": {field: list(values)}}
        for field, values in chosen
        if values or (field == "document" and values is not None)
    ]

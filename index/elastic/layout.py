"""Names, settings and mappings of our indices. The engine gets terms, not text: an array of our own terms in a field with
the `keyword` analyzer scores BM25 with the right lengths and matches what the embedded engine matches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..engine import LEXICAL_FIELDS, Filter, Manifest

VERSION = 1

_KEYWORD = {"type": "keyword"}


@dataclass(frozen=True, slots=True)
class Names:
    """Of the aliases, and of the indices of one generation."""

    prefix: str

    @property
    def units(self) -> str:
        return f"{self.prefix}-units"

    @property
    def documents(self) -> str:
        return f"{self.prefix}-documents"

    def generation(self, version: str) -> tuple[str, str]:
        return f"{self.units}-{version}", f"{self.documents}-{version}"


def settings() -> dict[str, Any]:
    """One shard: term statistics of a whole. Never refreshed by itself: a change is seen when it is complete."""
    return {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1"}


def units_mapping(dimension: int | None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        **{
            field: {"type": "text", "analyzer": "keyword", "index_options": "freqs", "norms": True}
            for field in LEXICAL_FIELDS
        },
        "spelling": _KEYWORD,
        "document": _KEYWORD,
        "unit": {"type": "integer"},
        "kind": _KEYWORD,
        "region": _KEYWORD,
        "audience": _KEYWORD,
        "department": _KEYWORD,
    }
    if dimension:
        properties["vector"] = {
            "type": "dense_vector",
            "dims": dimension,
            "index": True,
            "similarity": "dot_product",
            "index_options": {"type": "hnsw", "m": 16, "ef_construction": 200},
        }
    return {
        "dynamic": "strict",
        "_source": {"excludes": [*LEXICAL_FIELDS, "spelling", "vector"]},
        "properties": properties,
    }


def documents_mapping(manifest: Manifest, version: str, changes: int) -> dict[str, Any]:
    return {
        "dynamic": "strict",
        "_meta": meta(manifest, version, changes),
        "properties": {
            "body": {"type": "keyword", "index": False, "doc_values": False},
            "digest": {"type": "keyword", "index": False},
            "starters": {"type": "keyword", "doc_values": False},
            "popularity": {"type": "float"},
            "kind": _KEYWORD,
        },
    }


def meta(manifest: Manifest, version: str, changes: int) -> dict[str, Any]:
    """`changes` counts the publishes since the build."""
    return {"layout": VERSION, "version": version, "changes": changes, "manifest": asdict(manifest)}


def manifest_from(raw: dict[str, Any]) -> Manifest:
    made = dict(raw)
    made["region_names"] = tuple((region, tuple(names)) for region, names in made["region_names"])
    return Manifest(**made)


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

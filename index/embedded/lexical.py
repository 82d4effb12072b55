"""The tantivy side of the embedded engine: units by term, documents by id, suggestions by beginning."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tantivy

from ..engine import LEXICAL_FIELDS, Clause, Filter, Record, Started
from ..errors import IndexDamaged

_SPACES = "spaces"
_EXACT = "raw"
_BUILD_BYTES, _CHANGE_BYTES = 256_000_000, 64_000_000
"""What a writer gathers before it writes a segment. One of a build has more than the 17,000 documents up to which tantivy joins
segments with those of later changes; with 64 MB one of `documents` had 7,600, and the second edit joined them all."""
_FILTERS = {"kind": "kinds", "region": "regions", "audience": "audiences", "department": "departments"}


_NICENESS = 10
"""Of tantivy's threads while it takes changes in, which never hold the interpreter's lock: joining segments takes both cores for a
third of a second, and the slowest searches fell into it."""


def _step_back() -> None:
    """The calling thread, and those that it starts. Linux alone knows of the niceness of a thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _units_schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    for field in (*LEXICAL_FIELDS, "spelling"):
        schema.add_text_field(field, tokenizer_name=_SPACES, index_option="freq")
    for field in ("document", *_FILTERS):
        schema.add_text_field(field, tokenizer_name=_EXACT, index_option="basic")
    schema.add_unsigned_field("row", fast=True)
    return schema.build()


def _documents_schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("document", tokenizer_name=_EXACT, index_option="basic", stored=True)
    schema.add_text_field("id", tokenizer_name=_EXACT, index_option="basic")
    schema.add_bytes_field("body", stored=True)
    schema.add_text_field("starter", tokenizer_name=_EXACT, index_option="basic")
    schema.add_text_field("text", tokenizer_name=_EXACT, index_option="basic", stored=True)
    schema.add_text_field("of_kind", tokenizer_name=_EXACT, index_option="basic", stored=True)
    schema.add_float_field("popularity", stored=True, fast=True)
    return schema.build()


def _open(folder: Path, schema: tantivy.Schema) -> tantivy.Index:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        index = tantivy.Index(schema, path=str(folder), reuse=True)
    except (ValueError, OSError) as error:
        raise IndexDamaged(f"索引文件损坏：{folder.name}（{error}）") from error
    # tantivy forgets custom tokenizers when it closes
    index.register_tokenizer(_SPACES, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


class LexicalWriter:
    """Adds and removes records in the folders `units` and `documents` of a generation; `commit` once, then `finish`."""

    def __init__(self, folder: Path, build: bool = False) -> None:
        self._units = _open(folder / "units", _units_schema())
        self._documents = _open(folder / "documents", _documents_schema())
        room = _BUILD_BYTES if build else _CHANGE_BYTES
        with ThreadPoolExecutor(1, initializer=None if build else _step_back) as starting:
            writers = starting.map(lambda index: index.writer(room, 1), (self._units, self._documents))
            self._unit_writer, self._document_writer = writers

    def add(self, record: Record, first_row: int) -> None:
        document = record.document
        for offset, unit in enumerate(record.units):
            entry = tantivy.Document()
            for field, found in (("grams", unit.grams), ("words", unit.words), ("sound", unit.sound)):
                entry.add_text(field, " ".join(found))
            entry.add_text("spelling", " ".join(unit.spellings))
            entry.add_text("document", document.id)
            entry.add_text("kind", document.kind)
            for region in document.regions:
                entry.add_text("region", region)
            for audience in document.audiences:
                entry.add_text("audience", audience)
            if document.department:
                entry.add_text("department", document.department)
            entry.add_unsigned("row", first_row + offset)
            self._unit_writer.add_document(entry)
        body = tantivy.Document()
        body.add_text("document", document.id)
        body.add_text("id", document.id)
        body.add_bytes("body", document.to_json().encode())
        self._document_writer.add_document(body)
        for starter in record.starters:
            entry = tantivy.Document()
            entry.add_text("document", document.id)
            entry.add_text("text", starter.text)
            entry.add_text("of_kind", document.kind)
            entry.add_float("popularity", document.popularity)
            for key in starter.keys:
                entry.add_text("starter", key)
            self._document_writer.add_document(entry)

    def remove(self, documents: Iterable[str]) -> None:
        for document in documents:
            self._unit_writer.delete_documents_by_term("document", document)
            self._document_writer.delete_documents_by_term("document", document)

    def commit(self) -> None:
        """What was done is on disk and may be read; tantivy syncs its own files."""
        for writer in (self._unit_writer, self._document_writer):
            writer.commit()

    def finish(self) -> None:
        """Waits until tantivy has joined segments where it found that they are too many. Until then it writes into the folders
        (new files, then another list of them), which does not disturb who reads there. Needs no interpreter's lock."""
        for writer in (self._unit_writer, self._document_writer):
            writer.wait_merging_threads()


class LexicalReader:
    """One committed state. Scores of `search` are BM25 sums (k1 1.2, b 0.75)."""

    def __init__(self, folder: Path) -> None:
        self._units = _open(folder / "units", _units_schema())
        self._documents = _open(folder / "documents", _documents_schema())
        self._unit_schema = self._units.schema
        self._document_schema = self._documents.schema
        self._searcher = self._units.searcher()
        self._reader = self._documents.searcher()

    def search(self, clauses: Sequence[Clause], where: Filter, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """(rows, scores), best first, equal scores by row."""
        if not clauses:
            return np.empty(0, np.int64), np.empty(0)
        wanted = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._clause(c)) for c in clauses])
        musts = list(self._filters(where))
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, q) for q in (wanted, *musts)]) if musts else wanted
        hits = self._searcher.search(query, limit, count=False).hits
        rows = np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int64)
        scores = np.array([score for score, _ in hits], np.float64)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def documents(self, ids: Sequence[str]) -> dict[str, str]:
        """JSON by id. One search for all: each gives up the interpreter's lock and waits to have it back."""
        if not ids:
            return {}
        wanted = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._exact("id", i)) for i in ids])
        hits = self._reader.search(wanted, len(ids), count=False).hits
        entries = [self._reader.doc(address) for _, address in hits]
        return {str(e.get_first("document")): _bytes(e).decode() for e in entries}

    def starting(self, key: str, limit: int) -> list[Started]:
        hits = self._reader.search(self._exact("starter", key), limit, count=False, order_by_field="popularity").hits
        entries = [self._reader.doc(address) for _, address in hits]
        return [
            Started(
                str(e.get_first("text")),
                str(e.get_first("of_kind")),
                str(e.get_first("document")),
                float(e.get_first("popularity") or 0.0),
            )
            for e in entries
        ]

    def spellings(self, keys: Sequence[str]) -> list[list[tuple[str, int]]]:
        beginning_with = self._searcher.terms_with_prefix
        terms = [beginning_with("spelling", f"{key}=") for key in keys]
        return [
            [(term[len(key) + 1 :], count) for term, count in found] for key, found in zip(keys, terms, strict=True)
        ]

    def _clause(self, clause: Clause) -> tantivy.Query:
        term = tantivy.Query.term_query(self._unit_schema, clause.field, clause.term, "freq")
        return tantivy.Query.boost_query(term, clause.boost)

    def _filters(self, where: Filter) -> Iterable[tantivy.Query]:
        chosen = [(field, getattr(where, name)) for field, name in _FILTERS.items()]
        for field, values in chosen:
            if values:
                yield self._any_of(field, values)
        if where.documents is not None:
            yield self._any_of("document", where.documents)

    def _any_of(self, field: str, values: Sequence[str]) -> tantivy.Query:
        """Term by term: tantivy's query for a set walks over the whole dictionary, for fifty documents four times as long."""
        terms = [tantivy.Query.term_query(self._unit_schema, field, value, "basic") for value in values]
        allowed = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return tantivy.Query.const_score_query(allowed, 0.0)

    def _exact(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._document_schema, field, value, "basic")


def _bytes(entry: tantivy.Document) -> bytes:
    return bytes(entry.get_first("body") or b"")

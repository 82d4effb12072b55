"""The embedded engine: a snapshot of one generation for reading, and the store that publishes new ones."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import Clause, Facts, Filter, Manifest, Record, Started, UnitHit
from ..errors import IndexDamaged, IndexMissing
from ..models import Document
from ..ranking import Vectors
from . import generation, vectors
from .chunk import Chunk, Part, join
from .columns import Gathering
from .generation import State
from .lexical import LexicalReader, LexicalWriter


@dataclass(frozen=True)
class _Snapshot:
    state: State
    folder: Path
    lexical: LexicalReader
    parts: tuple[Part, ...]


class EmbeddedEngine:
    """Implements `engine.Engine`. Reading is thread-safe: each call works on one snapshot."""

    def __init__(self, root: Path, vectors: Vectors) -> None:
        self._root = root
        self._vectors = vectors
        self._lock = threading.Lock()
        self._snapshot = self._open(generation.current(root), {})

    @property
    def manifest(self) -> Manifest:
        return self._snapshot.state.manifest

    def version(self) -> str:
        return self._snapshot.state.version

    def refresh(self) -> None:
        if generation.current(self._root).name == self._snapshot.folder.name:
            return
        with self._lock:
            known = {part.chunk.name: part.chunk for part in self._snapshot.parts}
            for _ in range(3):  # a generation may be swept between reading its name and opening it
                folder = generation.current(self._root)
                if folder.name == self._snapshot.folder.name:
                    return
                try:
                    self._snapshot = self._open(folder, known)
                    return
                except IndexDamaged:
                    if generation.current(self._root).name == folder.name:
                        raise

    def lexical(self, clauses: Sequence[Clause], where: Filter, limit: int) -> list[UnitHit]:
        snapshot = self._snapshot
        row, score = snapshot.lexical.search(clauses, where, limit)
        if where.documents is not None:
            kept = _one_each(snapshot, row)
            row, score = row[kept], score[kept]
        return _hits(snapshot, row, score.tolist())

    def dense(self, vectors: np.ndarray, where: Filter, limit: int) -> list[UnitHit]:
        snapshot = self._snapshot
        rows, scores = [], []
        for part in snapshot.parts:
            found, cosines = part.nearest(vectors, where, limit)
            rows.append(found + part.first_row)
            scores.append(cosines)
        row, score = (
            np.concatenate(rows or [np.empty(0, np.int64)]),
            np.concatenate(scores or [np.empty(0, np.float32)]),
        )
        best = np.lexsort((row, -score))
        best = best if where.documents is None else best[_one_each(snapshot, row[best])]
        return _hits(snapshot, row[best[:limit]], score[best[:limit]].tolist())

    def facts(self, documents: Sequence[str]) -> dict[str, Facts]:
        snapshot = self._snapshot
        return {d: part.columns.facts(at) for d in documents if (found := _find(snapshot, d)) for part, at in [found]}

    def documents(self, documents: Sequence[str]) -> dict[str, Document]:
        found = self._snapshot.lexical.documents(documents)
        return {identifier: Document.from_json(text) for identifier, text in found.items()}

    def spellings(self, keys: Sequence[str]) -> list[list[tuple[str, int]]]:
        lexical = self._snapshot.lexical
        return [lexical.spellings(key) for key in keys]

    def suggest(self, key: str, limit: int) -> list[Started]:
        return self._snapshot.lexical.starting(key, limit)

    def digests(self, documents: Sequence[str] | None = None) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in self._snapshot.parts:
            columns = part.columns
            places = np.arange(len(columns.ids)) if documents is None else np.array(columns.places(documents), np.int64)
            places = places[~part.dead[columns.starts[places]]]
            found |= zip(columns.ids[places].tolist(), columns.digests[places].tolist(), strict=True)
        return found

    def vectors(self, document: str) -> np.ndarray | None:
        """The vectors of its units as they are stored, float32, units × dimension; None for an unknown id or without."""
        found = _find(self._snapshot, document)
        if found is None:
            return None
        part, at = found
        leg = part.chunk.vectors
        return leg.vectors(np.arange(part.columns.starts[at], part.columns.starts[at + 1])) if leg else None

    def blocks(self, rows: int) -> Iterator[np.ndarray]:
        """All stored vectors, so many rows at a time, removed ones too: for computing what an exact search would find."""
        for part in self._snapshot.parts:
            if leg := part.chunk.vectors:
                for start in range(0, leg.rows, rows):
                    yield leg.vectors(np.arange(start, min(start + rows, leg.rows)))

    def close(self) -> None:
        """Nothing to give back: files are closed with the last snapshot that uses them."""

    def _open(self, folder: Path, known: dict[str, Chunk]) -> _Snapshot:
        state = State.read(folder)
        dead = state.dead(folder)
        parts: list[Part] = []
        first = 0
        for name, rows in state.chunks:
            chunk = known.get(name) or Chunk.open(folder / name, self._vectors)
            parts.append(Part(chunk, first, dead[first : first + rows]))
            first += rows
        return _Snapshot(state, folder, LexicalReader(folder), tuple(parts))


class EmbeddedStore:
    """Implements `engine.Store`. One writer at a time on a folder, also across processes (a lock file)."""

    def __init__(self, root: Path, vectors: Vectors) -> None:
        self._root = root
        self._vectors = vectors

    def replace(self, records: Iterable[Record], manifest: Manifest) -> None:
        with self._writing(), generation.preparing(self._root, None) as folder:
            chunk = self._add(folder, LexicalWriter(folder), records, 0)
            State(folder.name.split("-")[1], manifest, (chunk,)).write(folder, np.zeros(chunk[1], bool))

    def change(self, changed: Iterable[Record], removed: Iterable[str], manifest: Manifest) -> None:
        with self._writing():
            base = generation.current(self._root)
            state = State.read(base)
            fresh = list(changed)
            gone = [*removed, *(r.document.id for r in fresh)]
            with generation.preparing(self._root, base) as folder:
                dead = self._bury(folder, state, gone)
                writer = LexicalWriter(folder)
                writer.remove(gone)
                chunks = state.chunks
                if fresh:
                    chunks = (*chunks, self._add(folder, writer, fresh, state.rows))
                    dead = np.concatenate([dead, np.zeros(chunks[-1][1], bool)])
                else:
                    writer.commit()
                State(folder.name.split("-")[1], manifest, self._fewer(folder, chunks)).write(folder, dead)

    def drop(self) -> None:
        with self._writing():
            generation.forget(self._root)

    def _add(self, folder: Path, writer: LexicalWriter, records: Iterable[Record], first: int) -> tuple[str, int]:
        """Records are taken one by one: all of them together may be larger than memory."""
        name = f"chunk-{folder.name.split('-')[1]}"
        (folder / name).mkdir(parents=True)
        gathering, kept = Gathering(), vectors.Writer(folder / name, self._vectors)
        row = first
        for record in records:
            writer.add(record, row)
            gathering.add(record.document, len(record.units))
            found = [u.vector for u in record.units if u.vector is not None]
            if found:
                kept.add(np.stack(found))
            row += len(record.units)
        writer.commit()
        gathering.columns().write(folder / name)
        kept.close()
        return name, row - first

    def _fewer(self, folder: Path, chunks: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        """Every publish adds a chunk, and every search looks into each: too many small ones become one."""
        small = len(chunks)
        while small > 1 and chunks[small - 1][1] <= self._vectors.flat_until:
            small -= 1
        tail = chunks[small:]
        if len(tail) <= self._vectors.chunks_kept:
            return chunks
        name = f"{tail[-1][0]}-joined"
        join([Chunk.open(folder / n, self._vectors) for n, _ in tail], folder / name, self._vectors)
        for old, _ in tail:
            shutil.rmtree(folder / old)
        return (*chunks[:small], (name, sum(rows for _, rows in tail)))

    def _bury(self, folder: Path, state: State, documents: Sequence[str]) -> np.ndarray:
        dead = state.dead(folder)
        first = 0
        for name, rows in state.chunks:
            columns = Chunk.open(folder / name, self._vectors).columns
            for at in columns.places(documents):
                dead[first + columns.starts[at] : first + columns.starts[at + 1]] = True
            first += rows
        return dead

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "writer.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _find(snapshot: _Snapshot, document: str) -> tuple[Part, int] | None:
    """The living copy: the newest chunk that has the document."""
    for part in reversed(snapshot.parts):
        at = part.columns.place.get(document)
        if at is not None and part.living(at):
            return part, at
    return None


def _hits(snapshot: _Snapshot, rows: np.ndarray, scores: Sequence[float]) -> list[UnitHit]:
    """Rows with their scores as units of documents, in the same order. Whole arrays at once: a query finds a thousand."""
    names, units = [""] * len(rows), [0] * len(rows)
    for part in snapshot.parts:
        own = np.flatnonzero((rows >= part.first_row) & (rows < part.first_row + part.rows))
        if not len(own):
            continue
        local = rows[own] - part.first_row
        documents = part.columns.owner[local]
        numbers = (local - part.columns.starts[documents]).tolist()
        for at, name, unit in zip(own.tolist(), part.columns.ids[documents].tolist(), numbers, strict=True):
            names[at], units[at] = name, unit
    return list(map(_unit_hit, zip(names, units, scores, strict=True)))


_unit_hit: Callable[[Iterable[Any]], UnitHit] = partial(tuple.__new__, UnitHit)
"""`UnitHit._make` without its Python: a search makes a thousand."""


def _one_each(snapshot: _Snapshot, rows: np.ndarray) -> np.ndarray:
    """Positions of each document's first row, in order: who asks about documents wants the best unit of each."""
    documents = np.empty(len(rows), np.int64)
    before = 0
    for part in snapshot.parts:
        own = (rows >= part.first_row) & (rows < part.first_row + part.rows)
        documents[own] = part.columns.owner[rows[own] - part.first_row] + before
        before += len(part.columns.ids)
    return np.sort(np.unique(documents, return_index=True)[1])


def exists(root: Path) -> bool:
    """Whether something was published under this folder."""
    try:
        generation.current(root)
    except IndexMissing:
        return False
    return True

"""The embedded engine: a snapshot of one generation for reading, and the store that publishes new ones."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..engine import Clause, Facts, Filter, Manifest, Record, Started, UnitHit
from ..errors import IndexDamaged, IndexMissing
from ..models import Document
from ..ranking import Vectors
from . import generation
from .chunk import Chunk, read_chunk, write_chunk
from .columns import Columns, columns_of
from .generation import State
from .lexical import LexicalReader, LexicalWriter


@dataclass(frozen=True)
class _Snapshot:
    state: State
    folder: Path
    lexical: LexicalReader
    chunks: tuple[Chunk, ...]
    dead: np.ndarray


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
            known = {chunk.name: chunk for chunk in self._snapshot.chunks}
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
        return _hits(snapshot, snapshot.lexical.search(clauses, where, limit))

    def dense(self, vectors: np.ndarray, where: Filter, limit: int) -> list[UnitHit]:
        snapshot = self._snapshot
        found: list[tuple[float, int]] = []
        for chunk in snapshot.chunks:
            dead = snapshot.dead[chunk.first_row : chunk.first_row + chunk.rows]
            rows, scores = chunk.nearest(vectors, dead, where, limit)
            found += zip((-scores).tolist(), (rows + chunk.first_row).tolist(), strict=True)
        found.sort()
        return _hits(snapshot, [(row, -score) for score, row in found[:limit]])

    def facts(self, documents: Sequence[str]) -> dict[str, Facts]:
        snapshot = self._snapshot
        return {d: chunk.columns.facts(at) for d in documents if (found := _find(snapshot, d)) for chunk, at in [found]}

    def documents(self, documents: Sequence[str]) -> dict[str, Document]:
        found = self._snapshot.lexical.documents(documents)
        return {identifier: Document.from_json(text) for identifier, text in found.items()}

    def spellings(self, sound: str) -> list[tuple[str, int]]:
        return self._snapshot.lexical.spellings(sound)

    def frequencies(self, grams: Sequence[str]) -> list[int]:
        return self._snapshot.lexical.frequencies(grams)

    def suggest(self, key: str, limit: int) -> list[Started]:
        return self._snapshot.lexical.starting(key, limit)

    def digests(self) -> dict[str, str]:
        snapshot = self._snapshot
        found: dict[str, str] = {}
        for chunk in snapshot.chunks:
            dead = snapshot.dead[chunk.first_row + chunk.columns.starts[:-1]]
            for identifier, digest, gone in zip(
                chunk.columns.ids.tolist(), chunk.columns.digests.tolist(), dead.tolist(), strict=True
            ):
                if not gone:
                    found[identifier] = digest
        return found

    def vectors(self, document: str) -> np.ndarray | None:
        """The vectors of its units as they are stored, float32, units × dimension; None for an unknown id or without."""
        found = _find(self._snapshot, document)
        if found is None or found[0].vectors is None:
            return None
        chunk, at = found
        rows = np.arange(chunk.columns.starts[at], chunk.columns.starts[at + 1])
        return np.asarray(chunk.vectors.reconstruct_batch(rows), np.float32)

    def close(self) -> None:
        """Nothing to give back: files are closed with the last snapshot that uses them."""

    def _open(self, folder: Path, known: dict[str, Chunk]) -> _Snapshot:
        state = State.read(folder)
        chunks: list[Chunk] = []
        first = 0
        for name, rows in state.chunks:
            chunk = known.get(name)
            if chunk is None or chunk.first_row != first:
                chunk = read_chunk(folder / name, first, self._vectors)
            chunks.append(chunk)
            first += rows
        return _Snapshot(state, folder, LexicalReader(folder), tuple(chunks), state.dead(folder))


class EmbeddedStore:
    """Implements `engine.Store`. One writer at a time on a folder, also across processes (a lock file)."""

    def __init__(self, root: Path, vectors: Vectors) -> None:
        self._root = root
        self._vectors = vectors

    def replace(self, records: Iterable[Record], manifest: Manifest) -> None:
        with self._writing(), generation.preparing(self._root, None) as folder:
            chunk = self._add(folder, LexicalWriter(folder), list(records), 0, ())
            State(folder.name.split("-")[1], manifest, (chunk,)).write(folder, np.zeros(chunk[1], bool))

    def change(self, changed: Iterable[Record], removed: Iterable[str], manifest: Manifest) -> None:
        with self._writing():
            base = generation.current(self._root)
            state = State.read(base)
            fresh = list(changed)
            gone = [*removed, *(r.document.id for r in fresh)]
            with generation.preparing(self._root, base) as folder:
                dead = np.concatenate(
                    [self._bury(folder, state, gone), np.zeros(sum(len(r.units) for r in fresh), bool)]
                )
                chunk = self._add(folder, LexicalWriter(folder), fresh, state.rows, gone)
                chunks = (*state.chunks, chunk) if fresh else state.chunks
                State(folder.name.split("-")[1], manifest, chunks).write(folder, dead)

    def drop(self) -> None:
        with self._writing():
            generation.forget(self._root)

    def _add(
        self, folder: Path, writer: LexicalWriter, records: list[Record], first: int, gone: Sequence[str]
    ) -> tuple[str, int]:
        writer.remove(gone)
        row = first
        for record in records:
            writer.add(record, row)
            row += len(record.units)
        writer.commit()
        name = f"chunk-{folder.name.split('-')[1]}"
        if records or not first:
            documents = [r.document for r in records]
            columns = columns_of(documents, [d.digest() for d in documents], [len(r.units) for r in records])
            vectors = [u.vector for r in records for u in r.units if u.vector is not None]
            write_chunk(folder / name, columns, np.stack(vectors) if vectors else None, self._vectors)
        return name, row - first

    def _bury(self, folder: Path, state: State, documents: Sequence[str]) -> np.ndarray:
        dead = state.dead(folder)
        first = 0
        for name, rows in state.chunks:
            columns = Columns.read(folder / name)
            for identifier in documents:
                if (at := columns.place.get(identifier)) is not None:
                    dead[first + columns.starts[at] : first + columns.starts[at + 1]] = True
            first += rows
        return dead

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "writer.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _find(snapshot: _Snapshot, document: str) -> tuple[Chunk, int] | None:
    """The living copy: the newest chunk that has the document."""
    for chunk in reversed(snapshot.chunks):
        at = chunk.columns.place.get(document)
        if at is not None and not snapshot.dead[chunk.first_row + chunk.columns.starts[at]]:
            return chunk, at
    return None


def _hits(snapshot: _Snapshot, found: Sequence[tuple[int, float]]) -> list[UnitHit]:
    """Rows with their scores as units of documents, in the same order. Whole arrays at once: a query finds a thousand."""
    rows = np.fromiter((row for row, _ in found), np.int64, len(found))
    names, units = [""] * len(found), [0] * len(found)
    for chunk in snapshot.chunks:
        own = np.flatnonzero((rows >= chunk.first_row) & (rows < chunk.first_row + chunk.rows))
        local = rows[own] - chunk.first_row
        documents = chunk.columns.owner[local]
        numbers = (local - chunk.columns.starts[documents]).tolist()
        for at, name, unit in zip(own.tolist(), chunk.columns.ids[documents].tolist(), numbers, strict=True):
            names[at], units[at] = name, unit
    return [UnitHit(name, unit, score) for name, unit, (_, score) in zip(names, units, found, strict=True)]


def exists(root: Path) -> bool:
    """Whether something was published under this folder."""
    try:
        generation.current(root)
    except IndexMissing:
        return False
    return True

"""The embedded engine: a snapshot of one generation for reading."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..engine import FORMAT, Clause, Facts, Filter, Manifest, Started, UnitHit
from ..errors import IndexDamaged, IndexMismatch
from ..models import Document
from ..ranking import Vectors
from ..turns import cores
from . import generation
from .chunk import Chunk, Part, changed
from .generation import State
from .known import Known
from .lexical import LexicalReader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Snapshot:
    state: State
    folder: Path
    lexical: LexicalReader
    parts: tuple[Part, ...]
    known: Known


class EmbeddedEngine:
    """Implements `engine.Engine`. Reading is thread-safe: each call works on one snapshot."""

    def __init__(self, root: Path, vectors: Vectors) -> None:
        self._root = root
        self._vectors = vectors
        self._lock = threading.Lock()
        self._mark = generation.mark(root)
        self._snapshot = self._open(generation.current(root), None)
        self._seen = frozenset({self._snapshot.folder.name})
        """Generations that need not be looked at: the one that is served, and one that may not be."""

    @property
    def manifest(self) -> Manifest:
        return self._snapshot.state.manifest

    @property
    def at_once(self) -> int:
        """As many as there are cores: searches compute, and more of them only pass the interpreter's lock to and fro."""
        return cores()

    def version(self) -> str:
        return self._snapshot.state.version

    def refresh(self, wait: bool = False) -> None:
        mark = generation.mark(self._root)
        if mark == self._mark or not self._lock.acquire(blocking=wait):
            return
        try:
            for _ in range(3):  # a generation may be swept between reading its name and opening it
                mark, folder = generation.mark(self._root), generation.current(self._root)
                try:
                    if folder.name not in self._seen:
                        self._go_over(self._open(folder, self._snapshot))
                    self._mark = mark
                    return
                except IndexDamaged:
                    if generation.current(self._root).name == folder.name:
                        raise
        finally:
            self._lock.release()

    def _go_over(self, found: _Snapshot) -> None:
        if found.state.manifest.reads_like(self.manifest):
            self._snapshot = found
        else:
            log.warning("built with another encoder or program: %s is served on", self.version())
        self._seen = frozenset({self._snapshot.folder.name, found.folder.name})

    def lexical(self, clauses: Sequence[Clause], where: Filter, limit: int) -> list[UnitHit]:
        snapshot = self._snapshot
        row, score = snapshot.lexical.search(clauses, where, limit)
        return _hits(snapshot, row, score.tolist(), once=where.documents is not None)

    def dense(self, vectors: np.ndarray, where: Filter, limit: int) -> list[UnitHit]:
        snapshot = self._snapshot
        found = [(part, *part.nearest(vectors, where, limit)) for part in snapshot.parts]
        rows = np.concatenate([found_rows + part.first_row for part, found_rows, _ in found])
        scores = np.concatenate([cosines for *_, cosines in found])
        best = np.lexsort((rows, -scores))[:limit]
        return _hits(snapshot, rows[best], scores[best].tolist())

    def facts(self, documents: Sequence[str]) -> dict[str, Facts]:
        snapshot = self._snapshot
        return snapshot.known.facts_of(documents, partial(_facts, snapshot))

    def documents(self, documents: Sequence[str]) -> dict[str, Document]:
        snapshot = self._snapshot
        found = snapshot.known.bodies_of(documents, partial(_bodies, snapshot))
        return {d: found[d] for d in documents if d in found}

    def titles(self, documents: Sequence[str]) -> dict[str, str]:
        snapshot = self._snapshot
        found = ((d, _find(snapshot, d)) for d in documents)
        return {d: place[0].columns.title(place[1]) for d, place in found if place}

    def spellings(self, keys: Sequence[str]) -> list[list[tuple[str, int]]]:
        return self._snapshot.lexical.spellings(keys)

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

    def _open(self, folder: Path, before: _Snapshot | None) -> _Snapshot:
        """What `before` knows of chunks and documents that are the same is taken over."""
        state = State.read(folder)
        try:
            return self._read(state, folder, before)
        except IndexDamaged as error:
            if state.manifest.format == FORMAT:
                raise
            raise IndexMismatch("索引的格式与程序不符，请重新运行 python -m index build") from error

    def _read(self, state: State, folder: Path, before: _Snapshot | None) -> _Snapshot:
        known = {part.chunk.name: part.chunk for part in before.parts} if before else {}
        dead = state.dead(folder)
        parts: list[Part] = []
        first = 0
        for name, rows in state.chunks:
            chunk = known.get(name) or Chunk.open(folder / name, self._vectors)
            parts.append(Part(chunk, first, dead[first : first + rows]))
            first += rows
        remembered = before.known.without(changed(before.parts, parts)) if before else Known()
        return _Snapshot(state, folder, LexicalReader(folder), tuple(parts), remembered)


def _bodies(snapshot: _Snapshot, documents: Sequence[str]) -> dict[str, Document]:
    return {d: Document.from_json(text) for d, text in snapshot.lexical.documents(documents).items()}


def _facts(snapshot: _Snapshot, documents: Sequence[str]) -> dict[str, Facts]:
    """Of the living copies: the newest chunk that has a document."""
    found: dict[str, Facts] = {}
    for part in reversed(snapshot.parts):
        place = part.columns.place
        here = {d: at for d in documents if d not in found and (at := place.get(d)) is not None and part.living(at)}
        found.update(zip(here, part.columns.facts(list(here.values())), strict=True))
    return found


def _find(snapshot: _Snapshot, document: str) -> tuple[Part, int] | None:
    """The living copy: the newest chunk that has the document."""
    for part in reversed(snapshot.parts):
        at = part.columns.place.get(document)
        if at is not None and part.living(at):
            return part, at
    return None


def _hits(snapshot: _Snapshot, rows: np.ndarray, scores: Sequence[float], once: bool = False) -> list[UnitHit]:
    """Rows with their scores as units of documents, in the same order; with `once` of each document the first alone.
    Whole arrays at once: a query finds hundreds."""
    first = snapshot.parts[0]
    places: Iterable[tuple[str, int]]
    if not len(rows) or rows.max() < first.rows:  # as a rule: what was edited since the build lies in chunks behind it
        places = _places(first, rows)
    else:
        found: list[tuple[str, int]] = [("", 0)] * len(rows)
        for part in snapshot.parts:
            own = np.flatnonzero((rows >= part.first_row) & (rows < part.first_row + part.rows))
            for at, place in zip(own.tolist(), _places(part, rows[own]), strict=True):
                found[at] = place
        places = found
    hits = [_unit_hit((name, unit, score)) for (name, unit), score in zip(places, scores, strict=True)]
    if not once:
        return hits
    best: dict[str, UnitHit] = {}
    for hit in hits:
        best.setdefault(hit[0], hit)
    return list(best.values())


def _places(part: Part, rows: np.ndarray) -> Iterator[tuple[str, int]]:
    """Of rows of one part: the document of each, and which of its units it is."""
    columns, local = part.columns, rows - part.first_row
    documents = columns.owner[local]
    names = map(columns.names.__getitem__, documents.tolist())
    return zip(names, (local - columns.starts[documents]).tolist(), strict=True)


_unit_hit: Callable[[tuple[str, int, float]], UnitHit] = partial(tuple.__new__, UnitHit)
"""`UnitHit._make` without its Python: a search makes a thousand."""

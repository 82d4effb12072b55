"""Publishes new generations of the embedded index."""

from __future__ import annotations

import fcntl
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from ..engine import Manifest, Record
from ..ranking import Vectors
from . import generation, vectors
from .chunk import Chunk, join, rows_in
from .columns import Gathering
from .generation import State
from .lexical import LexicalWriter

log = logging.getLogger(__name__)


class EmbeddedStore:
    """Implements `engine.Store`. One writer at a time on a folder, also across processes (a lock file). After a change a thread
    of its own holds the folder while tantivy joins segments: up to 17,000 units every seventh change, which nobody is to
    wait for."""

    def __init__(self, root: Path, vectors: Vectors) -> None:
        self._root = root
        self._vectors = vectors

    def replace(self, records: Iterable[Record], manifest: Manifest) -> None:
        with self._writing(), generation.preparing(self._root, None) as folder:
            writer = LexicalWriter(folder, build=True)
            chunk = self._add(folder, writer, records, 0)
            writer.finish()
            State(folder.name.split("-")[1], manifest, (chunk,)).write(folder, np.zeros(chunk[1], bool))

    def change(self, changed: Iterable[Record], removed: Iterable[str], manifest: Manifest) -> None:
        with ExitStack() as held:
            held.enter_context(self._writing())
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
            threading.Thread(target=_finish, args=(writer, held.pop_all()), name="index-segments").start()

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
        """Every publish adds a chunk, and every search looks into each (.1 ms): the last ones become one."""
        kept = self._kept(chunks)
        tail = chunks[kept:]
        if len(tail) < 2:
            return chunks
        name = f"{tail[-1][0]}-joined"
        join([Chunk.open(folder / n, self._vectors) for n, _ in tail], folder / name, self._vectors)
        for old, _ in tail:
            shutil.rmtree(folder / old)
        return (*chunks[:kept], (name, sum(rows for _, rows in tail)))

    def _kept(self, chunks: tuple[tuple[str, int], ...]) -> int:
        """How many stay as they are. One is joined with what comes behind it when it is not many times as large, so that few are
        left, and a row is written again a few times only; and never into more than is compared one by one, unless there
        would be too many."""
        numbers, sizes = self._vectors, [rows for _, rows in chunks]
        first = len(sizes)
        while first > 1 and sizes[first - 1] <= numbers.flat_until:
            first -= 1
        if len(sizes) - first > numbers.chunks_kept:
            return first
        kept, behind = len(sizes) - 1, sizes[-1]
        while kept > first and sizes[kept - 1] <= min(numbers.chunk_ratio * behind, numbers.flat_until - behind):
            kept -= 1
            behind += sizes[kept]
        return kept

    def _bury(self, folder: Path, state: State, documents: Sequence[str]) -> np.ndarray:
        dead = state.dead(folder)
        first = 0
        for name, rows in state.chunks:
            for begin, end in rows_in(folder / name, documents):
                dead[first + begin : first + end] = True
            first += rows
        return dead

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "writer.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _finish(writer: LexicalWriter, held: ExitStack) -> None:
    with held:
        try:
            writer.finish()
        except ValueError:  # what was published stands as it is; the next change tries again
            log.exception("segments were not joined")

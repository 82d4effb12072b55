"""A chunk: the vectors and columns of documents that were published together. Files are written once; what was removed
since is said by the generation, not here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ..engine import Filter
from ..errors import IndexDamaged
from ..ranking import Vectors
from . import vectors
from .columns import Columns, joined, read_array

_MASKS_KEPT = 64


def rows_in(folder: Path, documents: Sequence[str]) -> list[tuple[int, int]]:
    """First and last row (exclusive, within the chunk) of each copy of the documents; reads no other columns. Raises
    IndexDamaged."""
    with _damage_said(folder):
        ids, starts = (read_array(folder / f"{name}.npy") for name in ("ids", "starts"))
        places = np.flatnonzero(np.isin(ids, np.array(list(documents), dtype=np.str_)))
        return list(zip(starts[places].tolist(), starts[places + 1].tolist(), strict=True))


@contextmanager
def _damage_said(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise IndexDamaged(f"索引文件损坏：{folder.name}（{error}）") from error


@dataclass(frozen=True)
class Chunk:
    """Files are mapped when it is opened, and stay readable when they are deleted: a generation is swept while it is read."""

    name: str
    columns: Columns
    vectors: vectors.Leg | None
    settings: Vectors

    @classmethod
    def open(cls, folder: Path, settings: Vectors) -> Chunk:
        """Raises IndexDamaged."""
        with _damage_said(folder):
            columns = Columns.read(folder)
        try:
            leg = vectors.read(folder, settings)
        except (OSError, RuntimeError) as error:
            raise IndexDamaged(f"索引文件损坏：{folder.name}（{error}）") from error
        if leg and leg.rows != columns.rows:
            raise IndexDamaged(f"索引文件损坏：{folder.name}（向量数与条目数不符）")
        return cls(folder.name, columns, leg, settings)


@dataclass(frozen=True)
class Part:
    """A chunk as one generation sees it: `first_row` is added to the chunk's own rows to make the generation's, `dead`
    (bool by row of the chunk) are those removed since."""

    chunk: Chunk
    first_row: int
    dead: np.ndarray
    _masks: dict[Filter, tuple[np.ndarray | None, int]] = field(default_factory=dict)

    @property
    def columns(self) -> Columns:
        return self.chunk.columns

    @property
    def rows(self) -> int:
        return len(self.dead)

    def nearest(self, queries: np.ndarray, where: Filter, limit: int) -> vectors.Near:
        """(rows within the chunk, cosines) of living, allowed units; by best query, no row twice, in no order. Where documents
        are given, of each the best row alone."""
        leg = self.chunk.vectors
        if leg is None or not self.rows:
            return vectors.NOTHING
        if where.documents is not None:
            return self._best_of(leg, queries, where)
        mask, allowed = self._mask(where)
        if not allowed:
            return vectors.NOTHING
        if allowed <= self.chunk.settings.scan_until and mask is not None:
            rows = np.flatnonzero(np.unpackbits(mask, count=self.rows, bitorder="little"))
            return rows, leg.cosines(queries, rows)
        return leg.nearest(queries, mask, limit)

    @cached_property
    def whole(self) -> bool:
        """Nothing was removed."""
        return not self.dead.any()

    def living(self, document: int) -> bool:
        return self.whole or not self.dead[self.columns.starts[document]]

    def _mask(self, where: Filter) -> tuple[np.ndarray | None, int]:
        """Packed bits of the rows that may be found (None: all) and their number; made once a filter."""
        known = self._masks.get(where)
        if known is None:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.clear()
            known = self._masks[where] = self._made(where)
        return known

    def _made(self, where: Filter) -> tuple[np.ndarray | None, int]:
        allowed = self.columns.allowed(where)
        if allowed is None and self.whole:
            return None, self.rows
        living = ~self.dead if allowed is None else allowed[self.columns.owner] & ~self.dead
        return np.packbits(living, bitorder="little"), int(living.sum())

    def _best_of(self, leg: vectors.Leg, queries: np.ndarray, where: Filter) -> vectors.Near:
        """A document's rows live and die together, so whole documents are chosen, and of each the first of its best rows."""
        columns = self.columns
        places = np.array(columns.places(where.documents or ()), np.int64)
        if not self.whole:
            places = places[~self.dead[columns.starts[places]]]
        allowed = columns.allowed(where)
        places = places if allowed is None else places[allowed[places]]
        starts = columns.starts[places]
        sizes = columns.starts[places + 1] - starts
        if not len(places := places[sizes > 0]):
            return vectors.NOTHING
        starts, sizes = starts[sizes > 0], sizes[sizes > 0]
        ends = np.cumsum(sizes)
        rows = np.arange(ends[-1]) + np.repeat(starts - (ends - sizes), sizes)
        cosines = leg.cosines(queries, rows)
        best = np.maximum.reduceat(cosines, ends - sizes)
        at = np.flatnonzero(cosines == np.repeat(best, sizes))
        first = np.searchsorted(at, ends - sizes)
        return rows[at[first]], best


def changed(before: Iterable[Part], after: Iterable[Part]) -> set[str]:
    """Ids of documents that were added or removed between two generations, and of all in chunks that only one of them has."""
    old, new = ({part.chunk.name: part for part in parts} for parts in (before, after))
    found: set[str] = set()
    for name in old.keys() ^ new.keys():
        found.update((old.get(name) or new[name]).columns.ids.tolist())
    for name in old.keys() & new.keys():
        rows = np.flatnonzero(old[name].dead != new[name].dead)
        columns = new[name].columns
        found.update(columns.ids[np.unique(columns.owner[rows])].tolist())
    return found


def join(chunks: list[Chunk], folder: Path, settings: Vectors) -> None:
    """Write chunks that follow each other as one, rows in the same order. Raises IndexDamaged."""
    folder.mkdir(parents=True)
    joined([c.columns for c in chunks]).write(folder)
    writer = vectors.Writer(folder, settings)
    for chunk in chunks:
        if chunk.vectors and chunk.columns.rows:
            writer.add(chunk.vectors.vectors(np.arange(chunk.columns.rows)))
    writer.close()

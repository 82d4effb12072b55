"""A chunk: the vectors and columns of documents that were published together. Files are written once; what was removed
since is said by the generation, not here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from ..engine import Filter
from ..errors import IndexDamaged
from ..ranking import Vectors
from .columns import Columns


@dataclass(frozen=True)
class Chunk:
    """`first_row` is added to the chunk's own row numbers to make those of the generation; `vectors` is a FAISS index, or
    None for documents without vectors."""

    name: str
    first_row: int
    columns: Columns
    vectors: Any
    search_width: int

    @cached_property
    def rows(self) -> int:
        return int(self.columns.starts[-1])

    def nearest(
        self, queries: np.ndarray, dead: np.ndarray, where: Filter, limit: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """(rows within the chunk, cosines) of living, allowed units; by best query, no row twice."""
        empty = np.empty(0, np.int64), np.empty(0, np.float32)
        if self.vectors is None or not self.rows:
            return empty
        if where.documents is not None:
            rows = self._rows_of(where.documents)
            mask = self._mask(dead, where)
            rows = rows[mask[rows]] if mask is not None else rows
            return (rows, self._cosines(queries, rows)) if len(rows) else empty
        scores, rows = self._search(queries, self._mask(dead, where), min(limit, self.rows))
        best: dict[int, float] = {}
        for row, score in zip(rows.ravel().tolist(), scores.ravel().tolist(), strict=True):
            if row >= 0 and score > best.get(row, -np.inf):
                best[row] = score
        return np.fromiter(best.keys(), np.int64, len(best)), np.fromiter(best.values(), np.float32, len(best))

    def _search(self, queries: np.ndarray, mask: np.ndarray | None, limit: int) -> tuple[np.ndarray, np.ndarray]:
        graph = isinstance(self.vectors, faiss.IndexHNSW)
        chosen = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little")) if mask is not None else None
        if graph:
            parameters = faiss.SearchParametersHNSW(sel=chosen, efSearch=max(self.search_width, limit))
        else:
            parameters = faiss.SearchParameters(sel=chosen)
        scores, rows = self.vectors.search(queries, limit, params=parameters)
        return np.asarray(scores), np.asarray(rows)

    def _mask(self, dead: np.ndarray, where: Filter) -> np.ndarray | None:
        allowed = self.columns.allowed(where)
        if allowed is None:
            return ~dead if dead.any() else None
        living: np.ndarray = allowed[self.columns.owner] & ~dead
        return living

    def _rows_of(self, documents: tuple[str, ...]) -> np.ndarray:
        starts = self.columns.starts
        found = [self.columns.place[d] for d in documents if d in self.columns.place]
        return np.concatenate([np.arange(starts[i], starts[i + 1]) for i in found] or [np.empty(0, np.int64)])

    def _cosines(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        vectors = self.vectors.reconstruct_batch(rows)
        return np.asarray((vectors @ queries.T).max(1), np.float32)


def write_chunk(folder: Path, columns: Columns, vectors: np.ndarray | None, settings: Vectors) -> None:
    folder.mkdir(parents=True)
    columns.write(folder)
    if vectors is None:
        return
    dimension = vectors.shape[1]
    if len(vectors) <= settings.flat_until:
        index = faiss.IndexFlatIP(dimension)
    else:
        index = faiss.IndexHNSWSQ(
            dimension, faiss.ScalarQuantizer.QT_fp16, settings.hnsw_links, faiss.METRIC_INNER_PRODUCT
        )
        index.hnsw.efConstruction = settings.hnsw_build
        index.train(vectors)
    index.add(vectors)
    faiss.write_index(index, str(folder / "vectors.faiss"))


def read_chunk(folder: Path, first_row: int, settings: Vectors) -> Chunk:
    try:
        columns = Columns.read(folder)
        path = folder / "vectors.faiss"
        vectors = faiss.read_index(str(path)) if path.exists() else None
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise IndexDamaged(f"索引文件损坏：{folder.name}（{error}）") from error
    if vectors is not None and vectors.ntotal != int(columns.starts[-1]):
        raise IndexDamaged(f"索引文件损坏：{folder.name}（向量数与条目数不符）")
    return Chunk(folder.name, first_row, columns, vectors, settings.hnsw_search)

"""Vectors of one chunk: written once, mapped into memory. They are kept as half floats (error of a cosine about 1e-4), and few
are compared one by one. Of more, each is also kept as a code of 4 bits for every few dimensions (product quantisation, Jégou et al.,
2011), the codes of 32 side by side, so that a processor looks up 32 at once in its registers (André et al., 2017; FAISS's fast scan):
they tell which few hundred are worth comparing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from ..ranking import Vectors

_FILE = "vectors.faiss"
_CODES = "codes.faiss"
_AT_ONCE = 65_536
_HALF = faiss.ScalarQuantizer.QT_fp16
_BITS = 4

Near = tuple[np.ndarray, np.ndarray]
"""(rows, their cosines to the nearest query), no row twice."""
NOTHING: Near = (np.empty(0, np.int64), np.empty(0, np.float32))


class Leg:
    """For reading. Cosines are of unit vectors."""

    def __init__(self, halves: Any, codes: Any, settings: Vectors) -> None:
        self._halves, self._codes, self._settings = halves, codes, settings
        self.rows = int(halves.ntotal)

    def nearest(self, queries: np.ndarray, mask: np.ndarray | None, limit: int) -> Near:
        """As many as `limit` for each query, best first where there is one. `mask`: packed bits (little) of the rows that may be
        found."""
        chosen = faiss.IDSelectorBitmap(mask) if mask is not None else None
        if self._codes is None:
            every = faiss.SearchParameters(sel=chosen)
            cosines, rows = self._halves.search(queries, min(limit, self.rows), params=every)
            return _best(rows, cosines)
        probed = math.ceil(self._settings.probed * self._codes.nlist)
        some = faiss.SearchParametersIVF(sel=chosen, nprobe=probed)
        looked_at = max(limit, self._settings.looked_at, self.rows // self._settings.rows_a_look)
        _, likely = self._codes.search(queries, looked_at, params=some)
        rows = np.unique(likely)
        rows = rows[rows >= 0]
        if not len(rows):
            return NOTHING
        places, cosines = self._ranked(queries, rows, min(limit, len(rows)))
        return _best(rows[places], cosines)

    def cosines(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Of each row to the nearest of the queries."""
        best = np.full(len(rows), -1.0, np.float32)
        for places, cosines in zip(*self._ranked(queries, rows, len(rows)), strict=True):
            best[places] = np.maximum(best[places], cosines)
        return best

    def vectors(self, rows: np.ndarray) -> np.ndarray:
        """float32, rows × dimension, as they are stored."""
        return np.asarray(self._stored[rows], np.float32)

    def _ranked(self, queries: np.ndarray, rows: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """Places in `rows` and cosines, queries × limit, best first. The rows are copied into an index of their own, so that
        FAISS's reading of halves, several times as fast as NumPy's, passes over them alone: a mask on the whole costs a look at
        every row that there is."""
        copied = _empty(queries.shape[1])
        copied.add_sa_codes(np.ascontiguousarray(self._stored[rows]).view(np.uint8))
        cosines, places = copied.search(queries, limit)
        return places, cosines

    @cached_property
    def _stored(self) -> np.ndarray:
        """The halves where FAISS has them, rows × dimension."""
        stored = faiss.rev_swig_ptr(self._halves.codes.data(), self.rows * self._halves.code_size)
        return np.asarray(stored.view(np.float16).reshape(self.rows, self._halves.d))


def _best(rows: np.ndarray, scores: np.ndarray) -> Near:
    """Of what was found for each query: each row once, with its best score; −1 stands for none."""
    if len(rows) == 1:
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]
    rows, scores = rows.ravel(), scores.ravel()
    order = np.argsort(-scores, kind="stable")
    _, first = np.unique(rows[order], return_index=True)
    kept = order[first]
    kept = kept[rows[kept] >= 0]
    return rows[kept], scores[kept]


def _empty(dimension: int) -> Any:
    """An index of halves without a row."""
    halves = faiss.IndexScalarQuantizer(dimension, _HALF, faiss.METRIC_INNER_PRODUCT)
    halves.is_trained = True  # there is nothing to learn about halves
    return halves


def read(folder: Path, settings: Vectors) -> Leg | None:
    """None for a chunk without vectors. Raises RuntimeError where a file is damaged."""
    path, codes = folder / _FILE, folder / _CODES
    if not path.exists():
        return None
    try:
        halves = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        return Leg(halves, faiss.read_index(str(codes)) if codes.exists() else None, settings)
    except Exception as error:  # FAISS's own exceptions have no common base that it names
        raise RuntimeError(str(error)) from error


class Writer:
    """Takes vectors as they come, then makes what they are searched by. They wait on disk, not in memory."""

    def __init__(self, folder: Path, settings: Vectors) -> None:
        self._path = folder / "vectors.f16"
        self._folder = folder
        self._settings = settings
        self._file = self._path.open("wb")
        self._rows = 0
        self._dimension = 0

    def add(self, vectors: np.ndarray) -> None:
        """float32, rows × dimension."""
        self._dimension = vectors.shape[1]
        self._rows += len(vectors)
        self._file.write(np.ascontiguousarray(vectors, np.float16).tobytes())

    def close(self) -> None:
        self._file.close()
        if self._rows:
            waiting = np.memmap(self._path, np.float16, "r", shape=(self._rows, self._dimension))
            halves = _empty(self._dimension)
            for part in _parts(waiting):
                halves.add_sa_codes(part.view(np.uint8))
            faiss.write_index(halves, str(self._folder / _FILE))
            del halves
            if self._rows > max(self._settings.flat_until, 2**_BITS):  # as many are needed to learn from
                faiss.write_index(_codes(waiting, self._settings), str(self._folder / _CODES))
        self._path.unlink()


def _parts(waiting: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(waiting), _AT_ONCE):
        yield waiting[start : start + _AT_ONCE]


def _codes(waiting: np.ndarray, settings: Vectors) -> Any:
    """In one list up to `list_until`, above that in clusters, of which a search looks into the nearest."""
    rows, dimension = waiting.shape
    lists = 1 if rows <= settings.list_until else min(rows // settings.rows_a_list, settings.most_lists)
    parts = dimension // settings.dimensions_a_code
    count = next(n for n in range(max(parts, 1), 0, -1) if dimension % n == 0)
    centres = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFPQFastScan(centres, dimension, lists, count, _BITS, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = settings.training_rounds
    index.cp.spherical = True
    wanted = min(rows, max(settings.samples, lists * settings.samples_a_list))
    chosen = np.sort(np.random.default_rng(0).choice(rows, wanted, replace=False))
    index.cp.max_points_per_centroid = wanted // lists
    index.cp.min_points_per_centroid = index.pq.cp.min_points_per_centroid = 1
    index.train(waiting[chosen].astype(np.float32))
    for part in _parts(waiting):
        index.add(part.astype(np.float32))
    return index

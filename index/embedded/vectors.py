"""Vectors of one chunk: written once, mapped into memory, searched exactly or nearly so by how many there are. They are
kept as half floats (error of a cosine about 1e-4), so that they can also be scored one by one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from ..ranking import Vectors

_FILE = "vectors.faiss"
_AT_ONCE = 65_536
_HALF = faiss.ScalarQuantizer.QT_fp16
_CLUSTERS = 8
"""At least so many vectors a cluster, or there are fewer clusters."""


class Leg:
    """A FAISS index for reading. Cosines of unit vectors; row −1 where fewer than asked for were found."""

    def __init__(self, index: Any, settings: Vectors) -> None:
        self._index = index
        self._settings = settings
        self.rows = int(index.ntotal)
        self._codes = faiss.downcast_index(index.storage) if isinstance(index, faiss.IndexHNSW) else index
        steps = sorted(settings.graph_search.items())
        self._looked_at = next((looked_at for rows, looked_at in steps if self.rows <= rows), steps[-1][1])
        self._listed = isinstance(index, faiss.IndexIVF)
        if self._listed:
            faiss.downcast_InvertedLists(
                index.invlists
            ).prefetch_nthread = 0  # it starts threads at every query otherwise

    def nearest(self, queries: np.ndarray, mask: np.ndarray | None, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """(rows, cosines), queries × limit. `mask` are packed bits (little) of the rows that may be found."""
        chosen = faiss.IDSelectorBitmap(mask) if mask is not None else None
        index, settings = self._index, self._settings
        if isinstance(index, faiss.IndexHNSW):
            parameters = faiss.SearchParametersHNSW(sel=chosen, efSearch=max(self._looked_at, limit))
        elif isinstance(index, faiss.IndexIVF):
            parameters = faiss.SearchParametersIVF(sel=chosen, nprobe=min(settings.probed, index.nlist))
        else:
            parameters = faiss.SearchParameters(sel=chosen)
        scores, rows = index.search(queries, min(limit, self.rows), params=parameters)
        return np.asarray(rows), np.asarray(scores)

    def cosines(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Cosine of each row to the nearest of the queries. The rows are copied into an index of their own, so that FAISS's
        reading of halves, several times as fast as NumPy's, passes over them alone: a mask on the whole index costs a look at
        every row that there is."""
        copied = faiss.IndexScalarQuantizer(queries.shape[1], _HALF, faiss.METRIC_INNER_PRODUCT)
        copied.is_trained = True  # halves need no training
        copied.add_sa_codes(self._stored(rows).view(np.uint8))
        scores, found = copied.search(queries, len(rows))
        best = np.full(len(rows), -1.0, np.float32)
        for places, cosines in zip(found, scores, strict=True):
            best[places] = np.maximum(best[places], cosines)
        return best

    def vectors(self, rows: np.ndarray) -> np.ndarray:
        """float32, rows × dimension, as they are stored."""
        return self._stored(rows).astype(np.float32)

    def _stored(self, rows: np.ndarray) -> np.ndarray:
        stored, order = self._places
        return np.ascontiguousarray(stored[rows if order is None else order[rows]])

    @cached_property
    def _places(self) -> tuple[np.ndarray, np.ndarray | None]:
        return _in_lists(self._codes) if self._listed else _in_a_row(self._codes)


def _in_a_row(index: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """The stored halves of an index that keeps its vectors in order, where FAISS has them."""
    stored = faiss.rev_swig_ptr(index.codes.data(), index.ntotal * index.code_size)
    return stored.view(np.float16).reshape(index.ntotal, index.d), None


def _in_lists(index: Any) -> tuple[np.ndarray, np.ndarray]:
    """The same for an index by clusters, mapped from its file: cells of the size of one vector, and each row's cell.
    A list is its codes and then its numbers of 8 bytes, which are fewer than a code, so cells are counted in halves."""
    lists = faiss.downcast_InvertedLists(index.invlists)
    sizes = [lists.list_size(i) for i in range(index.nlist)]
    starts = np.array([int(lists.get_codes(i)) if size else 0 for i, size in enumerate(sizes)], np.int64)
    first = int(starts[starts > 0].min())
    step = np.gcd.reduce([index.code_size, 8])
    span = max(int(s) + n * index.code_size for s, n in zip(starts, sizes, strict=True)) - first
    at = int(np.argmin(np.where(starts > 0, starts, np.iinfo(np.int64).max)))
    whole = faiss.rev_swig_ptr(lists.get_codes(at), span)
    cells = np.lib.stride_tricks.as_strided(
        whole.view(np.float16), ((span - index.code_size) // step + 1, index.d), (step, 2), writeable=False
    )
    order = np.empty(index.ntotal, np.int64)
    for number, size in enumerate(sizes):
        if size:
            rows = faiss.rev_swig_ptr(lists.get_ids(number), size)
            order[rows] = (int(starts[number]) - first) // step + np.arange(size) * (index.code_size // step)
    return cells, order


def read(folder: Path, settings: Vectors) -> Leg | None:
    """None for a chunk without vectors. Raises RuntimeError where the file is damaged."""
    path = folder / _FILE
    if not path.exists():
        return None
    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        if isinstance(index, faiss.IndexIVF):
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    except Exception as error:  # FAISS's own exceptions have no common base that it names
        raise RuntimeError(str(error)) from error
    return Leg(index, settings)


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
            index = _empty(waiting, self._settings)
            for part in _parts(waiting):
                index.add(part)
            faiss.write_index(index, str(self._folder / _FILE))
        self._path.unlink()


def _parts(waiting: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(waiting), _AT_ONCE):
        yield waiting[start : start + _AT_ONCE].astype(np.float32)


def _empty(waiting: np.ndarray, settings: Vectors) -> Any:
    """The index that so many vectors get, trained and empty."""
    rows, dimension = waiting.shape
    if rows <= settings.flat_until:
        index = faiss.IndexScalarQuantizer(dimension, _HALF, faiss.METRIC_INNER_PRODUCT)
        index.train(np.zeros((1, dimension), np.float32))
    elif rows <= settings.graph_until:
        index = faiss.IndexHNSWSQ(dimension, _HALF, settings.graph_links, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = settings.graph_build
        index.train(np.zeros((1, dimension), np.float32))
    else:
        lists = max(1, min(settings.lists, rows // _CLUSTERS))
        centres = faiss.IndexFlatIP(dimension)
        index = faiss.IndexIVFScalarQuantizer(centres, dimension, lists, _HALF, faiss.METRIC_INNER_PRODUCT, False)
        index.cp.niter = settings.training_rounds
        index.cp.spherical = True
        index.cp.max_points_per_centroid = settings.samples_a_list
        index.cp.min_points_per_centroid = 1
        wanted = min(rows, lists * settings.samples_a_list)
        chosen = np.sort(np.random.default_rng(0).choice(rows, wanted, replace=False))
        index.train(waiting[chosen].astype(np.float32))
    return index

"""How much of what comparing every vector finds the embedded engine finds, too."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import numpy as np

from .engine import Filter
from .models import IndexSettings
from .ranking import Ranking

BLOCK_ROWS = 50_000
SAME = 1e-4
"""Cosines that differ by less are equal: vectors are stored as half floats, and equal texts take each other's place."""


def recall(
    settings: IndexSettings, ranking: Ranking, queries: np.ndarray, depths: Sequence[int] = (10, 100)
) -> dict[int, float]:
    """Mean share by depth, over unit vectors (float32, queries × dimension) on an index from which nothing was removed.
    Raises IndexMissing, IndexDamaged."""
    from .embedded.engine import EmbeddedEngine

    engine = EmbeddedEngine(settings.path, ranking.vectors)
    deepest = max(depths)
    best = np.full((len(queries), deepest), -2.0, np.float32)
    for block in engine.blocks(BLOCK_ROWS):
        scores = np.concatenate([best, queries @ block.T], axis=1)
        best = -np.partition(-scores, deepest - 1, axis=1)[:, :deepest]
    best = -np.sort(-best, axis=1)
    shares: dict[int, list[float]] = {depth: [] for depth in depths}
    for row, query in enumerate(queries):
        found = np.array([h.score for h in engine.dense(query[None], Filter(), ranking.retrieval.dense_units)])
        for depth, held in shares.items():
            held.append(float(np.sum(found[:depth] >= best[row, depth - 1] - SAME)) / depth)
    engine.close()
    return {depth: mean(held) for depth, held in shares.items()}

"""Retrieval measures with bootstrap intervals. Graded gain 2^grade − 1 (Järvelin & Kekäläinen 2002)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_ROUNDS = 1000
_SEED = 20240601


@dataclass(frozen=True, slots=True)
class Measure:
    """Mean over queries with the 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    gain = sum((2 ** grades.get(d, 0) - 1) / math.log2(rank + 2) for rank, d in enumerate(ranked[:depth]))
    ideal = sorted(grades.values(), reverse=True)[:depth]
    best = sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(ideal))
    return gain / best if best else 0.0


def hit(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 1) -> float:
    return float(any(grades.get(d, 0) > 0 for d in ranked[:depth]))


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    return next((1 / (rank + 1) for rank, d in enumerate(ranked[:depth]) if grades.get(d, 0) > 0), 0.0)


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 50) -> float:
    relevant = [d for d, grade in grades.items() if grade > 0]
    return len(set(relevant) & set(ranked[:depth])) / len(relevant) if relevant else 0.0


MEASURES = {"ndcg@10": ndcg, "hit@1": hit, "mrr@10": reciprocal_rank, "recall@50": recall}


def bootstrap(values: Sequence[float]) -> Measure:
    """Resamples queries 1,000 times with a fixed seed."""
    if not values:
        return Measure(0.0, 0.0, 0.0)
    scores = np.asarray(values)
    draws = np.random.default_rng(_SEED).integers(0, len(scores), (_ROUNDS, len(scores)))
    low, high = np.percentile(scores[draws].mean(1), [2.5, 97.5])
    return Measure(round(float(scores.mean()), 4), round(float(low), 4), round(float(high), 4))

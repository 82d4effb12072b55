"""Vectors that spread as real ones do, for corpora too large to encode: real cluster centres, chosen as often as they
really occur, and around them the real residuals' covariance, first by document, then (closer) by section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np

CLUSTERS = 512
NEIGHBOURS = (1, 10, 100)


@dataclass(frozen=True)
class Spread:
    """Measured on real vectors (rows × dimension, unit length) and the document that each belongs to."""

    centres: np.ndarray
    weights: np.ndarray
    between: np.ndarray
    within: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, owners: np.ndarray) -> Spread:
        kmeans = faiss.Kmeans(vectors.shape[1], min(CLUSTERS, len(vectors) // 8), niter=12, seed=1, spherical=True)
        kmeans.train(vectors)
        _, nearest = kmeans.index.search(vectors, 1)
        sums = np.zeros((owners.max() + 1, vectors.shape[1]))
        np.add.at(sums, owners, vectors)
        means = (sums / np.maximum(np.bincount(owners), 1)[:, None]).astype(np.float32)
        # each row is its cluster's centre, what its document differs by, and what it differs from its document by
        apart, own = means[owners] - kmeans.centroids[nearest[:, 0]], vectors - means[owners]
        counts = np.bincount(nearest[:, 0], minlength=len(kmeans.centroids))
        return cls(kmeans.centroids, counts / counts.sum(), _root(apart), _root(own))

    def sample(self, chance: np.random.Generator, units: Sequence[int]) -> np.ndarray:
        """float32, sum of `units` × dimension: so many sections for each document."""
        dimension = self.centres.shape[1]
        chosen = chance.choice(len(self.centres), len(units), p=self.weights)
        documents = self.centres[chosen] + chance.standard_normal((len(units), dimension), np.float32) @ self.between
        rows = np.repeat(documents, units, axis=0)
        rows += chance.standard_normal(rows.shape, np.float32) @ self.within
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def neighbours(vectors: np.ndarray, asked: np.ndarray) -> dict[str, list[float]]:
    """Quantiles (10, 50, 90 %) of the cosine to the nth nearest of `vectors`, for each n of NEIGHBOURS."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    scores, _ = index.search(asked, max(NEIGHBOURS))
    return {str(n): [round(float(q), 3) for q in np.quantile(scores[:, n - 1], (0.1, 0.5, 0.9))] for n in NEIGHBOURS}


def _root(residuals: np.ndarray) -> np.ndarray:
    """A matrix that turns independent normals into normals of the residuals' covariance."""
    covariance = np.cov(residuals, rowvar=False)
    values, directions = np.linalg.eigh(covariance)
    return np.asarray((directions * np.sqrt(np.maximum(values, 0))).T, np.float32)

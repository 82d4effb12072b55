"""A question's vector → where its answer's name lies. People ask in other words than names are written in, and the encoder
leaves the two in different places; what it leaves between them is much the same whatever is asked, so a correction of low rank,
learned from questions and their answers (adapter_training.py), serves questions that it has not seen. Stored vectors stay as
they are: nothing is encoded or indexed anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("query_adapter.npz")


@dataclass(frozen=True, slots=True)
class Adapter:
    """`down` is dimension × rank, `up` rank × dimension, float32."""

    down: np.ndarray
    up: np.ndarray

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """Unit vectors (float32, n × dimension) → unit vectors."""
        moved = vectors + (vectors @ self.down) @ self.up
        return np.ascontiguousarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)

    def write(self, path: Path, encoders: tuple[str, ...]) -> None:
        """In half floats, with the names of the encoders whose vectors it is for."""
        np.savez(path, down=self.down.astype(np.float16), up=self.up.astype(np.float16), encoders=np.array(encoders))


@cache
def adapter_of(encoder: str, path: Path = FILE) -> Adapter | None:
    """The one for an encoder's vectors, by its name; None for another encoder."""
    with np.load(path, allow_pickle=False) as stored:
        if encoder not in stored["encoders"]:
            return None
        return Adapter(stored["down"].astype(np.float32), stored["up"].astype(np.float32))

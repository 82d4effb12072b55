"""Vectors by text and encoder, so that unchanged text is never encoded twice, and a broken-off build resumes."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .encoder import Encoder

_SAVE_EVERY = 256


class VectorCache:
    """One SQLite file. `encoded` counts the texts that were not in it."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._encoder = encoder
        self._base = sqlite3.connect(path, timeout=30)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        self.encoded = 0

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def vectors(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """float32, len(texts) × dimension. `progress` is called with (done, all) of what had to be encoded."""
        keys = [self._key(t) for t in texts]
        out = np.empty((len(texts), self._encoder.dimension), np.float32)
        missing: dict[bytes, list[int]] = {}
        for row, key in enumerate(keys):
            found = self._base.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if found:
                out[row] = np.frombuffer(found[0], np.float32)
            else:
                missing.setdefault(key, []).append(row)
        todo = sorted(missing.items(), key=lambda entry: len(texts[entry[1][0]]))
        for start in range(0, len(todo), _SAVE_EVERY):
            part = todo[start : start + _SAVE_EVERY]
            fresh = self._encoder.passages([texts[rows[0]] for _, rows in part])
            for (_, rows), vector in zip(part, fresh, strict=True):
                out[rows] = vector
            with self._base:
                self._base.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(key, vector.tobytes()) for (key, _), vector in zip(part, fresh, strict=True)],
                )
            self.encoded += len(part)
            if progress:
                progress(start + len(part), len(todo))
        return out

    def _key(self, text: str) -> bytes:
        return _key_of(self._encoder.fingerprint, text)


def known(path: Path, fingerprint: str, dimension: int, texts: Sequence[str]) -> np.ndarray | None:
    """float32, len(texts) × dimension, by the encoder of that fingerprint, without it; None where one is not in the cache."""
    if not path.exists():
        return None
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        keys = [_key_of(fingerprint, text) for text in texts]
        found = [base.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone() for key in keys]
    finally:
        base.close()
    rows = [np.frombuffer(row[0], np.float32) for row in found if row and len(row[0]) == 4 * dimension]
    return np.stack(rows) if rows and len(rows) == len(texts) else None


def _key_of(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode()).digest()[:16]

"""What is asked is encoded with other weights than what is stored: the encoder's own and a step of low rank (low_rank.py), learned
from questions whose answer is known (question_training.py). Stored vectors stay as they are, so nothing is encoded or indexed
anew, and a query costs what it did: `quantise` merges the step into the 8-bit encoder that encodes questions."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from .low_rank import is_for

FILE = Path(__file__).with_name("question_weights.npz")
FORM = b"2"
"""Of the model that `quantise` makes with the step; another one, another name."""


@cache
def file_name(encoder: str, path: Path = FILE) -> str | None:
    """In an encoder's folder, the model that has the step in it; None for an encoder that it is not for. The name holds a
    digest of the step and the form: one made with another step or by an older program is never taken for it."""
    if not is_for(path, encoder):
        return None
    return f"questions-{hashlib.sha256(FORM + path.read_bytes()).hexdigest()[:12]}.onnx"

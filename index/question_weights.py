"""What is asked is encoded with other weights than what is stored: the encoder's own and a step of low rank (low_rank.py), learned
from questions whose answer is known (question_training.py). Stored vectors stay as they are, so nothing is encoded or indexed
anew, and a query costs what it did: `quantise` merges the step into the 8-bit encoder that encodes questions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .low_rank import model_name

FILE = Path(__file__).with_name("question_weights.npz")
FORM = b"2"
"""Of the model that `quantise` makes with the step; another one, another name."""


@cache
def file_name(encoder: str, path: Path = FILE) -> str | None:
    """In an encoder's folder, the model that encodes questions; None for an encoder that the step is not for."""
    return model_name("questions", encoder, FORM, path)

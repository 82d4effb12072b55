"""Downloads are what they were when somebody looked at them, or they are refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .errors import EncoderMissing


def verify(path: Path, wanted: str) -> None:
    """Raises EncoderMissing unless the file has this SHA-256."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != wanted:
        raise EncoderMissing(f"{path.name} 的 SHA-256 是 {digest}，与登记的不符")

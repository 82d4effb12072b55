"""Which encoder serves when none is named."""

from pathlib import Path

NAMES = (TUNED, DEFAULT, _) = ("tuned", "bge-small-zh-v1.5", "multilingual-e5-small")


def default_encoder(folder: Path) -> Path | None:
    """The encoder under `folder` that training promoted, else the one fetched; None where there is neither."""
    return next((folder / name for name in NAMES if (folder / name / "encoder.json").exists()), None)

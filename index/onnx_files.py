"""How an encoder's ONNX models lie in its folder: the graph in one file, the weights in another beside it.

The runtime maps such weights in place of reading them: opening the full encoder took 130 to 400 ms of processor time and 113 MB,
now 66 to 81 ms and 83 MB (docs/performance.md). Word embeddings, nearly half of them, stay on disk but for the rows that are asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .session import STORED

_WEIGHTS = ".data"
_LEAST_BYTES = 1024
"""Smaller weights stay in the graph: the runtime reads their values when it simplifies it."""


def files_of(model: Path) -> tuple[Path, Path]:
    """(weights, graph): in the order in which they are put into a folder, since the graph is what is looked for."""
    return model.with_suffix(_WEIGHTS), model


def encoder_files(folder: Path, *models: str) -> list[Path]:
    """All that an encoder consists of that has these models; encoder.json, which names it, comes last."""
    parts = [file for model in models for file in files_of(folder / model)]
    return [*parts, folder / "tokenizer.json", folder / "encoder.json"]


def is_whole(folder: Path) -> bool:
    """Whether an encoder is there, in this form."""
    return all(file.exists() for file in encoder_files(folder, STORED))


def save(model: Any, file: Path) -> None:
    """`model` is an onnx.ModelProto; its weights are taken out of it. Replaces what is there."""
    import onnx

    weights, _ = files_of(file)
    weights.unlink(missing_ok=True)  # onnx would write behind what is there
    onnx.save_model(model, str(file), save_as_external_data=True, location=weights.name, size_threshold=_LEAST_BYTES)
    weights.chmod(file.stat().st_mode)  # onnx keeps it from everybody else


def move(model: Path, folder: Path) -> None:
    """Both files, under their names, which the graph knows."""
    for file in files_of(model):
        file.rename(folder / file.name)

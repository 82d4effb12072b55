"""A step of low rank in each linear layer of an encoder (Hu et al., LoRA, 2021), kept in 8 bits beside the code that uses it;
`quantise` merges it into the encoder's published weights."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .bert_graph import turned, weight_names

_FOR = "encoders"


@dataclass(frozen=True, slots=True)
class LowRank:
    """By the name of a linear weight: (up, outputs × rank; down, rank × inputs), float32."""

    steps: Mapping[str, tuple[np.ndarray, np.ndarray]]

    def add_to(self, model: Any) -> None:
        """To an onnx model of the encoder, in place. ValueError where a weight is not there or of another form."""
        from onnx import numpy_helper

        names = weight_names(model.graph)
        left = dict(self.steps)
        for tensor in model.graph.initializer:
            step = left.pop(names.get(tensor.name, ""), None)
            if step is not None:
                changed = numpy_helper.to_array(tensor) + turned(tensor.name, step[0] @ step[1])
                tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(changed, np.float32), tensor.name))
        if left:
            raise ValueError(f"the encoder has no {', '.join(sorted(left))}")

    def write(self, path: Path, encoders: tuple[str, ...]) -> None:
        """In 8 bits, each rank on a scale of its own, with the names of the encoders that it is for."""
        kept: dict[str, Any] = {_FOR: np.array(encoders)}
        for name, (up, down) in sorted(self.steps.items()):
            kept |= in_8_bits(f"{name}/up", up, 0) | in_8_bits(f"{name}/down", down, 1)
        np.savez_compressed(path, **kept)


def read(path: Path) -> LowRank:
    with np.load(path, allow_pickle=False) as stored:
        names = sorted({key.rpartition("/")[0] for key in stored if key.endswith("/up")})
        return LowRank({name: (unpacked(stored, f"{name}/up"), unpacked(stored, f"{name}/down")) for name in names})


@cache
def is_for(path: Path, encoder: str) -> bool:
    with np.load(path, allow_pickle=False) as stored:
        return encoder in stored[_FOR]


def model_name(kind: str, encoder: str, form: bytes, weights: Path, *more: Path) -> str | None:
    """Of the model that has the step in it; None for an encoder that it is not for. The name holds a digest of the files and the
    form: one made with another step or by an older program is never taken for it."""
    if not is_for(weights, encoder):
        return None
    told = b"".join([form, *(file.read_bytes() for file in (weights, *more))])
    return f"{kind}-{hashlib.sha256(told).hexdigest()[:12]}.onnx"


def in_8_bits(name: str, values: np.ndarray, axis: int) -> dict[str, np.ndarray]:
    """What a file keeps of a matrix: whole numbers, and a scale for all that lie along the axis."""
    scale = np.maximum(np.abs(values).max(axis, keepdims=True), np.finfo(np.float32).tiny) / 127
    return {name: np.round(values / scale).astype(np.int8), f"{name}/scale": scale.astype(np.float32)}


def unpacked(stored: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """float32."""
    return np.asarray(stored[name] * stored[f"{name}/scale"], np.float32)

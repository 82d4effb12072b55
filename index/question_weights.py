"""What is asked is encoded with other weights than what is stored: the encoder's own and a step of low rank in each linear
layer (Hu et al., LoRA, 2021), learned from questions whose answer is known (question_training.py). Stored vectors stay as
they are, so nothing is encoded or indexed anew, and a query costs what it did: `quantise` merges the step into the 8-bit
encoder that encodes questions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .bert_graph import turned, weight_names

FILE = Path(__file__).with_name("question_weights.npz")
FORM = b"2"
"""Of the model that `quantise` makes with the step; another one, another name."""
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
            for side, values, ranks in (("up", up, 0), ("down", down, 1)):
                scale = np.maximum(np.abs(values).max(ranks, keepdims=True), np.finfo(np.float32).tiny) / 127
                kept[f"{name}/{side}"] = np.round(values / scale).astype(np.int8)
                kept[f"{name}/{side}/scale"] = scale.astype(np.float32)
        np.savez_compressed(path, **kept)


def read(path: Path = FILE) -> LowRank:
    with np.load(path, allow_pickle=False) as stored:
        names = sorted({key.rpartition("/")[0] for key in stored if key.endswith("/up")})

        def side(key: str) -> np.ndarray:
            return np.asarray(stored[key] * stored[f"{key}/scale"], np.float32)

        return LowRank({name: (side(f"{name}/up"), side(f"{name}/down")) for name in names})


@cache
def file_name(encoder: str, path: Path = FILE) -> str | None:
    """In an encoder's folder, the model that has the step in it; None for an encoder that it is not for. The name holds a
    digest of the step and the form: one made with another step or by an older program is never taken for it."""
    with np.load(path, allow_pickle=False) as stored:
        if encoder not in stored[_FOR]:
            return None
    return f"questions-{hashlib.sha256(FORM + path.read_bytes()).hexdigest()[:12]}.onnx"

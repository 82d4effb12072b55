"""An encoder's ONNX model, opened: tokens → their states."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding

STORED = "model.onnx"
_SLOWER = ("SkipLayerNormFusion",)
"""See quantise.py."""


class Session:
    """Thread-safe; one thread a call. Raises what onnxruntime raises where the file is none or damaged."""

    def __init__(self, file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # an arena keeps what the longest batch of passages once took
        options.enable_cpu_mem_arena = file.name != STORED
        self._session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
        self._inputs = {
            i.name: np.dtype(np.int32 if i.type == "tensor(int32)" else np.int64) for i in self._session.get_inputs()
        }

    def states(self, encodings: Sequence[Encoding], pad: int) -> tuple[np.ndarray, np.ndarray]:
        """(texts × tokens × hidden; 1 where there is a token, 0 where it is padded)."""
        width = max(len(e.ids) for e in encodings)
        ids = np.full((len(encodings), width), pad, np.int64)
        mask = np.zeros((len(encodings), width), np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        taken = {name: feed[name].astype(kind) for name, kind in self._inputs.items()}
        return np.asarray(self._session.run(None, taken)[0]), mask

"""Texts → unit vectors, by ONNX Runtime and `tokenizers` alone. A folder holds `model.onnx`, `tokenizer.json` and
`encoder.json` (name, pooling, prefixes, dimension, fingerprint); `fetch_encoder` and training both write that form.

What is asked is encoded by an 8-bit form (quantise.py), three times as fast, where there is one: by the one with the learned
step for questions (question_weights.py), else by `queries.onnx`. `model.onnx` encodes what is stored and is opened only for
that. The fingerprint is of what is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from .analysis import fold
from .errors import EncoderMissing
from .question_weights import file_name


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """`fingerprint` names these exact weights and this tokenizer: vectors of different fingerprints never mix."""

    name: str
    pooling: Literal["cls", "mean"]
    dimension: int
    fingerprint: str
    max_tokens: int = 512
    query_prefix: str = ""
    passage_prefix: str = ""

    @classmethod
    def read(cls, folder: Path) -> EncoderCard:
        """Raises OSError, ValueError or TypeError where there is none or it is malformed."""
        return cls(**json.loads((folder / "encoder.json").read_text("utf-8")))

    def write(self, folder: Path) -> None:
        (folder / "encoder.json").write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")


def fingerprint_of(folder: Path) -> str:
    """SHA-256 over model and tokenizer, shortened."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("model.*"), folder / "tokenizer.json"]):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:24]


STORED, QUERIES = "model.onnx", "queries.onnx"
_SLOWER = ("SkipLayerNormFusion",)
"""See quantise.py."""

Model = tuple[Callable[[Mapping[str, np.ndarray]], np.ndarray], Mapping[str, np.dtype[Any]]]
"""(inputs by name → hidden states, kinds of the inputs it takes by name)."""


class Encoder:
    """Thread-safe; one thread a call. Raises EncoderMissing when the folder is not a whole encoder."""

    def __init__(self, folder: Path) -> None:
        try:
            self.card = EncoderCard.read(folder)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            asked_by = (file_name(self.card.name), QUERIES)
            self._asked_by = next((name for name in asked_by if name and (folder / name).exists()), STORED)
            self._queries = _model(folder, self._asked_by)
        except Exception as error:  # the libraries raise bare Exceptions for missing and for damaged files alike
            raise EncoderMissing(f"编码器不可用：{folder.name}（{error}）") from error
        self._folder = folder
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.card.max_tokens)
        self._pad = self._tokenizer.token_to_id("[PAD]") or self._tokenizer.token_to_id("<pad>") or 0

    @property
    def fingerprint(self) -> str:
        return self.card.fingerprint

    @property
    def dimension(self) -> int:
        return self.card.dimension

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """float32, len(texts) × dimension, each of length 1. One by one: a short text would be padded to the longest, and
        in 8 bits a vector would depend on its neighbours."""
        return self._each(self._queries, texts)

    def as_published(self, texts: Sequence[str]) -> np.ndarray:
        """As `queries`, without the step for questions: for texts that are compared with each other, or stand for what is
        stored."""
        return self._each(self._quick, texts)

    def passages(self, texts: Sequence[str], batch: int = 16) -> np.ndarray:
        """As `queries`, for texts that are searched; batched by length so that little is padded."""
        out = np.empty((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            out[chosen] = self._encode(self._passages, [self.card.passage_prefix + fold(texts[i]) for i in chosen])
        return out

    def _each(self, model: Model, texts: Sequence[str]) -> np.ndarray:
        out = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            out[row] = self._encode(model, [self.card.query_prefix + fold(text)])[0]
        return out

    @cached_property
    def _quick(self) -> Model:
        quick = (self._folder / QUERIES).exists() and self._asked_by != QUERIES
        return _model(self._folder, QUERIES) if quick else self._queries

    @cached_property
    def _passages(self) -> Model:
        return self._queries if self._asked_by == STORED else _model(self._folder, STORED)

    def _encode(self, model: Model, texts: Sequence[str]) -> np.ndarray:
        # a batch is cut by several threads, which costs more than it brings for a query
        cut = self._tokenizer
        encodings: list[Encoding] = cut.encode_batch(list(texts)) if len(texts) > 1 else [cut.encode(texts[0])]
        width = max(len(e.ids) for e in encodings)
        ids = np.full((len(texts), width), self._pad, np.int64)
        mask = np.zeros((len(texts), width), np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        run, inputs = model
        hidden = run({name: values.astype(inputs[name]) for name, values in feed.items() if name in inputs})
        if self.card.pooling == "cls":
            pooled = hidden[:, 0]
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (hidden * weights).sum(1) / weights.sum(1)
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.ascontiguousarray(pooled / np.maximum(norms, np.finfo(np.float32).tiny), dtype=np.float32)


def _model(folder: Path, file: str) -> Model:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = file != STORED  # an arena keeps what the longest batch of passages once took
    session = onnxruntime.InferenceSession(
        str(folder / file), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )
    inputs = {i.name: np.dtype(np.int32 if i.type == "tensor(int32)" else np.int64) for i in session.get_inputs()}
    return lambda feed: np.asarray(session.run(None, feed)[0]), inputs

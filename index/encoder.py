"""Texts → unit vectors, by ONNX Runtime and `tokenizers` alone. A folder holds `model.onnx`, its weights (onnx_files.py),
`tokenizer.json` and `encoder.json` (name, pooling, prefixes, dimension, fingerprint); `fetch_encoder` and training both write that form.

What is asked is encoded by an 8-bit form (quantise.py), three times as fast, where there is one: by the one with the learned
step for questions (question_weights.py), else by `queries.onnx`. `model.onnx` encodes what is stored and is opened only for
that. The fingerprint is of what is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from tokenizers import Encoding, Tokenizer

from . import corrector
from .analysis import fold
from .errors import EncoderMissing
from .question_weights import file_name
from .session import STORED, Session


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


QUERIES = "queries.onnx"


class Encoder:
    """Thread-safe; one thread a call. Raises EncoderMissing when the folder is not a whole encoder."""

    def __init__(self, folder: Path) -> None:
        try:
            self.card = EncoderCard.read(folder)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            asked_by = (file_name(self.card.name), QUERIES)
            self._asked_by = next((name for name in asked_by if name and (folder / name).exists()), STORED)
            self._queries = Session(folder / self._asked_by)
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

    def _each(self, model: Session, texts: Sequence[str]) -> np.ndarray:
        out = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            out[row] = self._encode(model, [self.card.query_prefix + fold(text)])[0]
        return out

    @cached_property
    def corrector(self) -> corrector.Corrector | None:
        """None for an encoder that has none, and where its files are not there. Raises EncoderMissing where they are damaged."""
        name = corrector.file_name(self.card.name)
        if name is None or not (self._folder / name).exists():
            return None
        try:
            return corrector.Corrector(self._folder / name, self._tokenizer)
        except Exception as error:
            raise EncoderMissing(f"编码器不可用：{name}（{error}）") from error

    @cached_property
    def _quick(self) -> Session:
        quick = (self._folder / QUERIES).exists() and self._asked_by != QUERIES
        return Session(self._folder / QUERIES) if quick else self._queries

    @cached_property
    def _passages(self) -> Session:
        return self._queries if self._asked_by == STORED else Session(self._folder / STORED)

    def _encode(self, model: Session, texts: Sequence[str]) -> np.ndarray:
        # a batch is cut by several threads, which costs more than it brings for a query
        cut = self._tokenizer
        encodings: list[Encoding] = cut.encode_batch(list(texts)) if len(texts) > 1 else [cut.encode(texts[0])]
        hidden, mask = model.states(encodings, self._pad)
        if self.card.pooling == "cls":
            pooled = hidden[:, 0]
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (hidden * weights).sum(1) / weights.sum(1)
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.ascontiguousarray(pooled / np.maximum(norms, np.finfo(np.float32).tiny), dtype=np.float32)

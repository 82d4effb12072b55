"""The fallback encoder: its graph computes BERT (the same, written down in NumPy, over small random weights), and its cosines
are weighed on the default one's scale."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from index.e5_graph import Words, graph_of
from index.ranking import default
from index.search import confidence

HEADER = {"hidden": 64, "layers": 2, "heads": 4, "epsilon": 1e-12}
WORDS, PLACES, INNER, BLOCK = 50, 12, 96, 32
HIDDEN = 64
Weights = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def weights() -> Weights:
    dice = np.random.default_rng(3)
    shapes = {"emb.pos": PLACES * HIDDEN, "emb.type": 2 * HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for layer in range(2):
        for part in ("q", "k", "v", "ao"):
            shapes |= {f"l{layer}.{part}.w": HIDDEN * HIDDEN, f"l{layer}.{part}.b": HIDDEN}
        for part in ("aln", "oln"):
            shapes |= {f"l{layer}.{part}.w": HIDDEN, f"l{layer}.{part}.b": HIDDEN}
        shapes |= {f"l{layer}.fi.w": INNER * HIDDEN, f"l{layer}.fi.b": INNER}
        shapes |= {f"l{layer}.fo.w": HIDDEN * INNER, f"l{layer}.fo.b": HIDDEN}
    return {name: dice.normal(0, 0.3, size).astype(np.float32) for name, size in shapes.items()}


@pytest.fixture(scope="module")
def words() -> Words:
    dice = np.random.default_rng(4)
    values = dice.integers(-8, 8, (WORDS, HIDDEN // BLOCK, BLOCK)).astype(np.int8)
    return Words(values, dice.uniform(0.01, 0.1, (WORDS, HIDDEN // BLOCK, 1)).astype(np.float16))


def normed(x: np.ndarray, w: Weights, at: str) -> np.ndarray:
    x = x - x.mean(-1, keepdims=True)
    return np.asarray(x / np.sqrt((x * x).mean(-1, keepdims=True) + HEADER["epsilon"]) * w[f"{at}.w"] + w[f"{at}.b"])


def linear(x: np.ndarray, w: Weights, at: str) -> np.ndarray:
    return np.asarray(x @ w[f"{at}.w"].reshape(-1, x.shape[-1]).T + w[f"{at}.b"])


def bert(ids: np.ndarray, mask: np.ndarray, words: Words, w: Weights) -> np.ndarray:
    table = (words.values.astype(np.float32) * words.scales.astype(np.float32)).reshape(WORDS, HIDDEN)
    places = w["emb.pos"].reshape(-1, HIDDEN)[: ids.shape[1]]
    x = normed(table[ids] + places + w["emb.type"][:HIDDEN], w, "emb.ln")
    erf = np.vectorize(math.erf)
    for at in ("l0", "l1"):
        split = (*x.shape[:2], 4, HIDDEN // 4)
        q, k, v = (linear(x, w, f"{at}.{part}").reshape(split).transpose(0, 2, 1, 3) for part in "qkv")
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(split[3]) + np.where(mask[:, None, None, :] > 0, 0.0, -1e9)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        seen = ((shares / shares.sum(-1, keepdims=True)) @ v).transpose(0, 2, 1, 3).reshape(x.shape)
        x = normed(x + linear(seen, w, f"{at}.ao"), w, f"{at}.aln")
        inner = linear(x, w, f"{at}.fi")
        x = normed(x + linear(0.5 * inner * (1 + erf(inner * math.sqrt(0.5))), w, f"{at}.fo"), w, f"{at}.oln")
    return x


def test_the_graph_is_bert_with_padding_left_out(words: Words, weights: Weights, tmp_path: Path) -> None:
    onnx.save(graph_of(HEADER, words, weights), str(tmp_path / "model.onnx"))
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = np.random.default_rng(5).integers(0, WORDS, (3, 9))
    mask = np.ones_like(ids)
    mask[1, 5:] = mask[2, 2:] = 0
    (found,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    expected = bert(ids, mask, words, weights)
    assert np.abs((found - expected)[mask > 0]).max() < 1e-4
    (alone,) = session.run(None, {"input_ids": ids[2:, :2], "attention_mask": mask[2:, :2]})
    assert np.abs(alone[0] - found[2, :2]).max() < 1e-4


def test_its_cosines_are_weighed_on_the_default_encoders_scale() -> None:
    """Medians over golden and out-of-scope questions, as both encoders gave them, e5 on 2026-11-25 and the default one on 2026-11-30."""
    usual = default()
    own = usual.of("multilingual-e5-small")
    for mine, theirs in ((0.866, 0.462), (0.936, 0.852)):
        asked = {"coverage": 0.0, "margin": 0.0, "name": 0.0}
        sure = confidence({"cosine": mine, **asked}, own.confidence)
        assert sure == pytest.approx(confidence({"cosine": theirs, **asked}, usual.confidence), abs=0.1)
        assert confidence({"cosine": mine, **asked}, usual.confidence) > 0.95, "unscaled it is sure of everything"
    spread = own.fusion.dense * (0.936 - 0.866)
    assert spread == pytest.approx(usual.fusion.dense * (0.852 - 0.462), rel=0.05)
    assert usual.of(None) is usual.of("bge-small-zh-v1.5") is usual

"""The 8-bit form of the encoder: close to the full one, used for queries alone, and thrown away where it is not close."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from index import corrector, quantise
from index.encoder import QUERIES, Encoder
from index.onnx_files import encoder_files, files_of
from index.question_weights import file_name
from index.session import STORED

TEXTS = ("住房公积金提取", "孩子上户口要带什么", "个体工商户怎么注销营业执照", "老年人优待证")


@pytest.fixture
def folder(encoder_dir: Path, tmp_path: Path) -> Path:
    """The encoder without its 8-bit form."""
    for file in encoder_files(encoder_dir, STORED):
        shutil.copy(file, tmp_path)
    for name in ("questions-0.onnx", "questions-0.data", "corrector-0.onnx", "corrector-0.data", "corrector-0.npz"):
        (tmp_path / name).write_bytes(b"of another step")
    return tmp_path


def test_queries_are_encoded_in_8_bits_and_what_is_stored_in_full(folder: Path) -> None:
    full = Encoder(folder)
    assert quantise.quantise(folder)
    questions = folder / str(file_name(full.card.name))
    corrects = folder / str(corrector.file_name(full.card.name))
    assert set(folder.glob("*.onnx")) == {folder / STORED, folder / QUERIES, questions, corrects}
    assert [states(folder / QUERIES), states(questions), states(corrects)] == [0, 1, 0], (
        "Rasa was trained with all, the corrector reads all; a vector needs the first alone"
    )
    assert set(folder.glob("*.npz")) == {corrects.with_suffix(".npz")}
    weights = {file: files_of(file)[0] for file in folder.glob("*.onnx")}
    assert set(folder.glob("*.data")) == set(weights.values())
    assert all(file.stat().st_size < lies.stat().st_size / 100 for file, lies in weights.items()), "they are mapped"
    assert all(lies.stat().st_mode == file.stat().st_mode for file, lies in weights.items())
    both = Encoder(folder)
    cosines = (full.queries(TEXTS) * both.queries(TEXTS)).sum(1)
    assert 0.7 < cosines.min() < cosines.max() < 0.99, "the learned step moves questions"
    questions.unlink()
    both = Encoder(folder)
    assert both.fingerprint == full.fingerprint
    cosines = (full.queries(TEXTS) * both.queries(TEXTS)).sum(1)
    assert cosines.min() > 0.98
    assert cosines.max() < 0.9999, "it is the full one"
    assert np.abs(both.passages(TEXTS) - full.passages(TEXTS)).max() < 1e-6
    assert weights[folder / QUERIES].stat().st_size < weights[folder / STORED].stat().st_size / 3
    assert quantise.quantise(folder), "the one for questions was missing"
    assert questions.exists()
    assert not quantise.quantise(folder), "all are there already"


def states(file: Path) -> int:
    """How many tokens' states a model gives; 0 for as many as there are tokens."""
    return int(onnx.load(str(file), load_external_data=False).graph.output[0].type.tensor_type.shape.dim[1].dim_value)


def test_a_copy_unlike_the_original_is_thrown_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantise, "LEAST_COSINE", 1.0)
    assert not quantise.quantise(folder)
    assert not (folder / QUERIES).exists()
    assert Encoder(folder).queries(TEXTS).shape == (len(TEXTS), 512)

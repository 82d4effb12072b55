"""What the encoder is tuned on, and when a tuned one is promoted. The tuning itself needs torch: `make train`."""

import random
from pathlib import Path

import onnx
import pytest
from onnx import numpy_helper

from index import Document, Section
from index.bert_graph import turned, weight_names
from index.promotion import evaluations, is_better, wins
from index.training import Settings, default_settings, epoch_of, judged_folder, sayings_of

from .conftest import LIBRARY


@pytest.fixture
def sayings() -> list[list[str]]:
    return [[f"事项{i}的名称", *(f"事项{i}的第{n}种叫法" for n in range(i % 11 + 1))] for i in range(150)]


@pytest.fixture
def settings() -> Settings:
    return default_settings().model_copy(update={"noisy": 0.0})


def test_names_are_taken_once_and_a_record_with_one_name_teaches_nothing() -> None:
    question = Section("question-0", "question", "身份证丢了咋整")
    fee = Section("fee-1", "fee", "不收费")
    called = Document("a", "item", "身份证补领", sections=(question, fee), aliases=("补身份证", "身份证补领"))
    assert sayings_of([called, Document("b", "place", "大厅")]) == [["身份证补领", "补身份证", "身份证丢了咋整"]]


def test_a_record_comes_once_in_a_batch_with_two_of_its_own_names(sayings: list[list[str]], settings: Settings) -> None:
    record_of = {name: i for i, names in enumerate(sayings) for name in names}
    batches = list(epoch_of(sayings, settings, random.Random(1)))
    assert batches
    for pairs in batches:
        records = [record_of[said] for said, _ in pairs]
        assert len(records) == len(set(records)) <= settings.batch
        assert all(said != other and record_of[said] == record_of[other] for said, other in pairs)


def test_no_record_drowns_the_others(sayings: list[list[str]], settings: Settings) -> None:
    few = settings.model_copy(update={"most_a_record": 2, "batch": 10})
    drawn = [said.split("的")[0] for pairs in epoch_of(sayings, few, random.Random(1)) for said, _ in pairs]
    assert max(drawn.count(record) for record in set(drawn)) <= 2


def test_noise_changes_what_is_said_but_never_what_it_should_find(sayings: list[list[str]], settings: Settings) -> None:
    known = {name for names in sayings for name in names}
    noisy = settings.model_copy(update={"noisy": 1.0})
    pairs = [pair for batch in epoch_of(sayings, noisy, random.Random(1)) for pair in batch]
    assert sum(said not in known for said, _ in pairs) > 0.9 * len(pairs)
    assert all(other in known for _, other in pairs)


@pytest.mark.parametrize(
    ("before", "after", "promoted"),
    [
        ([0.9, 0.7], [0.91, 0.7], True),
        ([0.9, 0.7], [0.95, 0.69], False),
        ([0.9, 0.7], [0.9, 0.7], False),
    ],
)
def test_a_tuned_encoder_serves_only_when_no_set_loses_and_one_gains(
    before: list[float], after: list[float], promoted: bool
) -> None:
    assert is_better(before, after) is promoted


def test_an_encoder_that_is_no_better_than_what_serves_is_not_promoted(encoder_dir: Path, tmp_path: Path) -> None:
    asked = [("身份证丢了", ["id-card"]), ("开个饭馆", ["food"]), ("领证结婚", ["marry"])]
    said: list[str] = []
    folder = judged_folder(LIBRARY, asked, tmp_path / "asked")
    (serving,) = evaluations(encoder_dir, [folder], tmp_path / "index")
    assert not wins([serving], [[serving]], said.append)
    (line,) = said
    assert line.startswith("asked: ndcg@10 ")


def test_every_weight_finds_its_place_in_the_published_graph(encoder_dir: Path) -> None:
    graph = onnx.load(str(encoder_dir / "model.onnx")).graph
    names = weight_names(graph)
    shapes = {
        names[t.name]: turned(t.name, numpy_helper.to_array(t)).shape for t in graph.initializer if t.name in names
    }
    hidden, inner = 512, 2048
    linear = {"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"}
    for at in (f"encoder.layer.{n}." for n in range(4)):
        for part in linear:
            assert (shapes[f"{at}{part}.weight"], shapes[f"{at}{part}.bias"]) == ((hidden, hidden), (hidden,))
        assert shapes[f"{at}intermediate.dense.weight"] == (inner, hidden)
        assert shapes[f"{at}output.dense.weight"] == (hidden, inner)
    assert not [name for name in shapes if name.startswith("onnx::")]

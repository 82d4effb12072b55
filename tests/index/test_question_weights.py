"""Questions are encoded by weights of their own: the learned step goes where it belongs, is made from what may teach it, and
what is shipped finds more without being surer of what nothing here answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from index import open_index
from index.bert_graph import turned, weight_names
from index.encoder import QUERIES, Encoder
from index.encoders import DEFAULT, NAMES, TUNED
from index.low_rank import LowRank, read
from index.models import IndexSettings
from index.onnx_files import encoder_files
from index.question_material import Batches, Material, default_settings, judged_task, part_of
from index.question_weights import FILE, file_name
from index.session import STORED
from index.vector_cache import VectorCache

ASKED = (
    ("身份证丢了上哪补", "居民身份证申领、换领、补领", "临时居民身份证"),
    ("孩子刚生下来咋上户口", "出生登记", "死亡注销户口"),
    ("公积金咋往外取", "住房公积金提取", "住房公积金缴存"),
    ("想开个小饭馆", "食品经营许可", "药品经营许可"),
    ("退休金啥时候能领", "基本养老金申领", "失业保险金申领"),
)
"""What is asked, the name of its answer, and another's."""
QUERY, OUT = "encoder.layer.0.attention.self.query.weight", "encoder.layer.3.output.dense.weight"


def published(encoder_dir: Path, folder: Path) -> Encoder:
    """The encoder without its learned step."""
    *parts, named = encoder_files(encoder_dir, STORED, QUERIES)
    for file in parts:
        (folder / file.name).symlink_to(file.resolve())
    card = json.loads(named.read_text("utf-8"))
    (folder / "encoder.json").write_text(json.dumps({**card, "name": "as published"}), "utf-8")
    return Encoder(folder)


def test_the_step_is_added_to_the_weights_it_names_and_to_no_other(encoder_dir: Path) -> None:
    dice = np.random.default_rng(1)
    step = LowRank(
        {
            QUERY: (dice.normal(size=(512, 2)).astype(np.float32), dice.normal(size=(2, 512)).astype(np.float32)),
            OUT: (dice.normal(size=(512, 2)).astype(np.float32), dice.normal(size=(2, 2048)).astype(np.float32)),
        }
    )
    before, after = (onnx.load(str(encoder_dir / STORED)) for _ in range(2))
    step.add_to(after)
    names = weight_names(before.graph)
    changed = {}
    for old, new in zip(before.graph.initializer, after.graph.initializer, strict=True):
        difference = numpy_helper.to_array(new) - numpy_helper.to_array(old)
        if difference.any():
            changed[names[old.name]] = turned(old.name, difference)
    assert set(changed) == {QUERY, OUT}
    for name, (up, down) in step.steps.items():
        np.testing.assert_allclose(changed[name], up @ down, atol=1e-4)
    with pytest.raises(ValueError, match="another"):
        LowRank({"another": step.steps[QUERY]}).add_to(after)


def test_a_step_is_kept_with_the_encoders_it_is_for(tmp_path: Path) -> None:
    step = LowRank({QUERY: (np.full((4, 1), 0.5, np.float32), np.full((1, 3), 0.25, np.float32))})
    step.write(path := tmp_path / "one.npz", ("one", "other"))
    kept = read(path)
    for mine, stored in zip(step.steps[QUERY], kept.steps[QUERY], strict=True):
        np.testing.assert_allclose(mine, stored, rtol=1e-6)
    assert file_name("third", path) is None
    LowRank({QUERY: (np.ones((4, 1)), np.ones((1, 3)))}).write(other := tmp_path / "two.npz", ("one",))
    assert file_name("one", path) == file_name("other", path) != file_name("one", other)


def test_the_shipped_step_fits_the_default_encoder_alone(encoder_dir: Path) -> None:
    assert file_name(DEFAULT) == file_name(TUNED) is not None
    assert (encoder_dir / str(file_name(DEFAULT))).exists()
    assert file_name(NAMES[-1]) is None
    assert FILE.stat().st_size < 2_000_000
    read(FILE).add_to(onnx.load(str(encoder_dir / STORED)))


def test_what_is_asked_moves_to_its_answer_and_what_is_stored_or_a_number_stays(
    encoder_dir: Path, tmp_path: Path
) -> None:
    ours, theirs = Encoder(encoder_dir), published(encoder_dir, tmp_path)
    asked, answers, siblings = map(list, zip(*ASKED, strict=True))
    names = theirs.passages(answers + siblings)
    np.testing.assert_array_equal(ours.passages(answers + siblings), names)
    lead = names[: len(ASKED)] - names[len(ASKED) :]
    before, after = ((encoder.queries(asked) * lead).sum(1) for encoder in (theirs, ours))
    assert after.mean() > 1.05 * before.mean(), (before, after)
    numbers = ["3827001", "91210800MA0TU5PB4C", "12345", "21088219900101"]
    stayed = (ours.queries(numbers) * theirs.queries(numbers)).sum(1)
    assert stayed.min() > 0.8, stayed


def test_the_cosine_that_ranks_tells_how_sure_one_may_be(library: IndexSettings) -> None:
    with open_index(library) as index:
        found = index.search("身份证丢了上哪补", limit=1)
    assert found.hits[0].id == "id-card"
    assert found.hits[0].why["legs"]["dense"]["score"] == pytest.approx(found.signals["cosine"], abs=1e-4)


@pytest.fixture
def material(encoder_dir: Path, tmp_path: Path) -> Material:
    """Twelve documents, for each two questions; the second of each pair of documents answers the first one's, too, less well."""
    folder = tmp_path / "set"
    folder.mkdir()
    rows = [{"id": f"d{i}", "title": f"第{i}件事", "text": f"第{i}件事的说明。" * 30} for i in range(12)]
    asked = [{"id": f"q{i}", "text": f"{('办理', '注销')[i % 2]}第{i // 2}件事"} for i in range(24)]
    asked[23]["text"], asked[1]["text"] = "第11件事的说明。", "第0件事的说明。"
    grades = [f"q{i}\td{i // 2}\t2" for i in range(24)] + [f"q{i}\td{i // 2 + 1}\t1" for i in range(24) if i % 4 < 2]
    for name, lines in (("corpus.jsonl", rows), ("queries.jsonl", asked)):
        (folder / name).write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tdoc-id\tgrade", *grades]), "utf-8")
    with VectorCache(tmp_path / "vectors.sqlite", Encoder(encoder_dir)) as vectors:
        task = judged_task(folder, vectors, 220)
        own = [["身份证补领", "补身份证"], ["食品经营许可", "开饭店", "饭店证"]]
        held = (["一", "二"], vectors.vectors(["一", "二"]))
        return Material({"set": task}, own, vectors.vectors([names[0] for names in own]), held, held)


def test_siblings_are_not_wrong_and_a_part_left_out_teaches_nothing(material: Material) -> None:
    task = material.judged["set"]
    assert len(task.units) > len(task.starts) == 12
    out = part_of(task, 3) == 1
    assert 0 < out.sum() < 12
    drawn = set()
    batches = Batches(material, default_settings(), parts=3, part=1)
    for _ in range(20):
        judged, own = batches.contrasts()
        assert judged.weight == 1
        assert judged.units is task.units
        assert judged.starts is task.starts
        for row, question in enumerate(judged.questions):
            k = task.questions.index(question)
            drawn.add(k)
            assert np.flatnonzero(judged.right[row]).tolist() == [k // 2]
            assert not judged.wrong[row, out].any()
            graded = list(task.grades[k])
            assert not out[graded].any()
            assert not judged.wrong[row, graded].any()
            assert judged.wrong[row].sum() == 12 - out.sum() - len(graded)
        assert own.right.sum() == len(own.questions) == 2
        assert (own.right ^ own.wrong).all()
        assert len(own.held) == 0
    assert len(drawn) == sum(not out[list(grades)].any() for grades in task.grades)


def test_a_question_in_a_passages_own_words_stays_where_it_is(material: Material) -> None:
    task = material.judged["set"]
    assert [task.questions[int(k)] for k in np.flatnonzero(task.in_passage)] == ["第0件事的说明。", "第11件事的说明。"]
    judged = next(Batches(material, default_settings(), parts=0, part=-1).contrasts())
    assert len(judged.held) == 2
    for row, vector in zip(judged.held, judged.published, strict=True):
        k = task.questions.index(judged.questions[row])
        assert task.in_passage[k]
        np.testing.assert_array_equal(vector, task.published[k])


def test_ndcg_counts_a_document_by_its_best_unit(material: Material) -> None:
    task = material.judged["set"]
    last = np.append(task.starts[1:], len(task.units)) - 1
    asked = [k for k, grades in enumerate(task.grades) if len(grades) == 1]
    assert task.ndcg(asked, task.units[[last[task.right(k)[0]] for k in asked]]) > 0.9

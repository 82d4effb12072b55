"""Measures against hand-computed values, noise, and the command as it will be called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import metrics, noise


def test_measures_by_hand() -> None:
    grades = {"a": 2, "b": 1}
    assert metrics.ndcg(["a", "b"], grades) == 1.0
    assert metrics.ndcg(["b", "a"], grades) == pytest.approx((1 + 3 / 1.5849625) / (3 + 1 / 1.5849625))
    assert metrics.ndcg(["x"], grades) == 0.0
    assert metrics.reciprocal_rank(["x", "b"], grades) == 0.5
    assert metrics.recall(["a"], grades) == 0.5
    assert metrics.hit(["x", "a"], grades) == 0.0


def test_the_interval_holds_the_mean() -> None:
    measure = metrics.bootstrap([0.0, 1.0, 1.0, 1.0])
    assert measure.low <= measure.mean == 0.75 <= measure.high


@settings(deadline=None)
@given(st.text(alphabet="身份证丢了怎么办理公积金提取", min_size=1, max_size=30), st.sampled_from(sorted(noise.KINDS)))
def test_noise_depends_on_the_text_alone(text: str, kind: str) -> None:
    assert noise.add(kind, text) == noise.add(kind, text)


def test_homophones_sound_the_same() -> None:
    from index.analysis import syllables

    noisy = noise.add("homophone", "公积金怎么提取出来用")
    changed = sum(a != b for a, b in zip("公积金怎么提取出来用", noisy, strict=True))
    assert 1 <= changed <= 2
    assert syllables(noisy)[0] == "gong" or syllables(noisy)[-1] == "yong"


def test_the_command(tmp_path: Path, encoder_dir: Path) -> None:
    corpus = [("a", "结婚登记", "到民政局。"), ("b", "护照签发", "出国用。"), ("c", "公积金提取", "")]
    lines = [json.dumps({"id": i, "title": t, "text": x}, ensure_ascii=False) for i, t, x in corpus]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    # words lead "r" to c first, meaning to b, and their sum too
    asked = [json.dumps({"id": "q", "text": "我要结婚"}), json.dumps({"id": "r", "text": "提取出国旅行证件"})]
    (tmp_path / "queries.jsonl").write_text("\n".join(asked), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tdoc-id\tgrade\nq\ta\t1\n", "utf-8")
    run = tmp_path / "run.tsv"
    done = subprocess.run(
        [sys.executable, "-m", "index", "evaluate", str(tmp_path), "--json", "--run", str(run), "--index", str(tmp_path / "i"),
         "--encoder", str(encoder_dir)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["fused"]["ndcg@10"]["mean"] == 1.0
    assert set(result["dense"]) == {"ndcg@10", "hit@1", "mrr@10", "recall@50"}
    rows = [line.split("\t") for line in run.read_text("utf-8").splitlines()]
    assert rows[0][:3] == ["q", "a", "1"]
    for query in ("q", "r"):
        scores = [float(row[3]) for row in rows if row[0] == query]
        assert len(scores) == 3
        assert scores == sorted(scores, reverse=True)
    assert next(row[1] for row in rows if row[0] == "r") == "b"

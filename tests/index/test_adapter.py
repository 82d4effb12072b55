"""The query adapter: what is learned from some documents' questions holds for others', and what is shipped is applied."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import open_index, opening, search, wording
from index.adapter import FILE, Adapter, adapter_of
from index.adapter_training import Task, default_settings, gradients, learn, on_documents_left_out
from index.encoder import Encoder
from index.encoders import NAMES
from index.models import IndexSettings
from index.query import understand


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture
def task() -> Task:
    """Two hundred documents of one to three units; their questions lie off them by one of two common steps, and somewhat by
    chance."""
    dice = np.random.default_rng(3)
    sizes = dice.integers(1, 4, 200)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    units = unit(dice.normal(size=(sizes.sum(), 64)))
    steps = dice.normal(0, 0.25, (2, 64))
    right = [[d] for d in range(200) for _ in range(3)]
    aimed = units[[starts[d] + dice.integers(sizes[d]) for (d,) in right]]
    asked = unit(aimed + steps[dice.integers(2, size=600)] + dice.normal(0, 0.12, aimed.shape))
    return Task(asked, right, units, starts)


def test_what_is_learned_holds_for_documents_it_has_not_seen(task: Task) -> None:
    settings = default_settings().model_copy(update={"rank": 8, "steps": 150, "rate": 0.01})
    before, after = on_documents_left_out(task, [], settings)
    assert after > before + 0.05, (before, after)
    # questions that say nothing of their answers teach nothing
    mixed = replace(task, right=[task.right[i] for i in np.random.default_rng(4).permutation(600)])
    before, after = on_documents_left_out(mixed, [], settings)
    assert after < 0.1


def test_documents_left_out_take_their_questions_with_them(task: Task) -> None:
    left_out = np.zeros(200, bool)
    left_out[[0, 5]] = True
    less = task.without(left_out)
    assert len(less.questions) == len(less.right) == 594
    assert less.right[0] == [0]
    np.testing.assert_array_equal(less.questions[0], task.questions[3])
    np.testing.assert_array_equal(less.units[less.starts[4]], task.units[task.starts[6]])
    assert len(less.units) == len(task.units) - sum(task.starts[d + 1] - task.starts[d] for d in (0, 5))


def test_steps_go_downhill(task: Task) -> None:
    """The gradient is that of the loss, told by moving single weights a little."""
    dice = np.random.default_rng(5)
    exact = replace(task, questions=task.questions.astype(float), units=task.units.astype(float))
    down, up = dice.normal(0, 0.1, (64, 3)), dice.normal(0, 0.1, (3, 64))
    chosen, temperature, little = np.arange(0, 600, 40), 0.1, 1e-6

    def loss() -> float:
        best, _ = exact.near(_moved(exact.questions[chosen], down, up))
        likely = np.exp(best / temperature)
        return -float(np.mean(np.log([likely[i, task.right[k]].sum() / likely[i].sum() for i, k in enumerate(chosen)])))

    told = gradients(exact, chosen, down, up, temperature)
    for weights, gradient in zip((down, up), told, strict=True):
        for at in [(0, 0), (2, 1), (1, 2)]:
            weights[at] += little
            above = loss()
            weights[at] -= 2 * little
            below = loss()
            weights[at] += little
            assert gradient[at] == pytest.approx((above - below) / (2 * little), rel=1e-3, abs=1e-6)


def _moved(vectors: np.ndarray, down: np.ndarray, up: np.ndarray) -> np.ndarray:
    moved = vectors + vectors @ down @ up
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))


def test_an_adapter_is_kept_with_the_encoders_it_is_for(task: Task, tmp_path: Path) -> None:
    learned = learn([task], default_settings().model_copy(update={"rank": 4, "steps": 10}))
    learned.write(tmp_path / "adapter.npz", ("one", "other"))
    kept = adapter_of("other", tmp_path / "adapter.npz")
    assert isinstance(kept, Adapter)
    np.testing.assert_allclose(kept(task.questions), learned(task.questions), atol=1e-3)
    assert adapter_of("third", tmp_path / "adapter.npz") is None


def test_the_shipped_one_moves_what_is_asked(library: IndexSettings, encoder_dir: Path) -> None:
    encoder = Encoder(encoder_dir)
    adapter = adapter_of(encoder.card.name)
    assert adapter is not None
    assert adapter.down.shape[0] == adapter.up.shape[1] == encoder.dimension
    assert adapter_of(NAMES[-1]) is None
    assert FILE.stat().st_size < 300_000
    engine, _ = opening.engine(library, opening.ranking())
    query = understand("身份证丢了上哪补", engine, opening.ranking(), wording.default())
    meaning = search.encode(query, encoder)
    engine.close()
    assert meaning is not None
    np.testing.assert_array_equal(meaning.said, encoder.queries(query.variants))
    np.testing.assert_allclose(np.linalg.norm(meaning.sought, axis=1), 1, atol=1e-5)
    names = encoder.passages(["居民身份证申领、换领、补领", "食品经营许可"])
    lead = names[0] - names[1]
    assert float(meaning.sought[0] @ lead) > float(meaning.said[0] @ lead)


def test_how_sure_one_is_does_not_hang_on_the_step(library: IndexSettings, encoder_dir: Path) -> None:
    with open_index(library) as index:
        found = index.search("身份证丢了上哪补", limit=1)
    encoder = Encoder(encoder_dir)
    names = encoder.passages(["居民身份证申领、换领、补领", "补办身份证"])
    nearest = float((encoder.queries([found.recognised["core"]]) @ names.T).max())
    assert found.hits[0].id == "id-card"
    assert found.signals["cosine"] >= nearest - 0.01  # stored as half floats; the summary may be nearer yet
    assert abs(found.hits[0].why["legs"]["dense"]["score"] - found.signals["cosine"]) > 0.05

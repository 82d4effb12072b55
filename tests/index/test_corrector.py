"""The corrector knows by the sentence which character was meant: it is asked where words find a text odd, says nothing of what is
right, and learns from clauses that are misheard as people mishear."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from index import analysis, lexicon, noise, opening, pinyin, ranking
from index.corrector import HEAD, VECTORS, WEIGHTS, Corrector, Head, Reading, by_sound, file_name
from index.corrector_material import Batches, Settings, default_settings
from index.encoder import QUERIES, Encoder
from index.encoders import DEFAULT, NAMES, TUNED
from index.engine import Engine
from index.errors import EncoderMissing
from index.low_rank import read
from index.models import IndexSettings
from index.onnx_files import encoder_files
from index.session import STORED
from index.spelling import respell

MISHEARD = (
    ("我的身份正丢了想补办一个", "正", "证"),
    ("孩子出生一后怎么上户口", "一", "以"),
    ("退休金什么时后能领", "后", "候"),
    ("公司想变更法定带表人", "带", "代"),
    ("请问几点夏班", "夏", "下"),
    ("房子要过户给儿子需要什么才料", "才", "材"),
    ("医保卡在外地能不能报削", "削", "销"),
    ("我想查一下公积金还有多少钱可以体取", "体", "提"),
)
"""What is heard, the wrong character in it, and the one that was meant."""


@pytest.fixture(scope="module")
def corrector(encoder_dir: Path) -> Corrector:
    found = Encoder(encoder_dir).corrector
    assert found
    return found


@pytest.fixture(scope="module")
def engine(library: IndexSettings) -> Engine:
    return opening.engine(library, ranking.default())[0]


def test_it_knows_by_the_sentence_what_was_meant(corrector: Corrector) -> None:
    right = 0
    for text, wrong, meant in MISHEARD:
        gains = corrector.read(text).gains(text.index(wrong))
        best = max(gains, key=gains.__getitem__)
        right += best == meant and gains[best] > 0
    assert right >= len(MISHEARD) - 1


def test_it_leaves_alone_what_is_right(corrector: Corrector) -> None:
    for text, wrong, meant in MISHEARD:
        clean = text.replace(wrong, meant, 1)
        reading = corrector.read(clean)
        for at in range(len(clean)):
            assert max(reading.gains(at).values(), default=-1.0) < 2, (clean, clean[at])


def test_only_characters_that_are_said_alike_are_weighed(corrector: Corrector) -> None:
    text = "办id卡要12元，龘"
    reading = corrector.read(text)
    for at, character in enumerate(text):
        others = reading.gains(at)
        assert bool(others) == (character in corrector.head.characters), character
        assert character not in others
    assert {"班", "半", "板"} <= set(reading.gains(0))
    assert "证" not in reading.gains(0)
    assert reading.gains(0) is reading.gains(0), "weighed once"
    assert reading.gains(99) == {}
    assert corrector.read("abc").gains(0) == {}


def test_more_readings_than_one_count() -> None:
    alike = by_sound("行航形大")
    assert {"行航形大"[i] for i in alike["行"]} == {"行", "航", "形"}
    assert {"行航形大"[i] for i in alike["大"]} == {"大"}


def test_it_is_asked_where_words_find_a_text_odd(
    corrector: Corrector, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs, words = ranking.default().repair, lexicon.default()
    asked: list[str] = []
    read_ = corrector.read

    def read(text: str) -> Reading:
        asked.append(text)
        return read_(text)

    monkeypatch.setattr(corrector, "read", read)
    assert respell("结婚登记怎么办", engine, words, costs, corrector) is None
    assert respell("gong ji jin", engine, words, costs, corrector)
    assert asked == []
    found = respell("身份正", engine, words, costs, corrector)
    assert found
    assert found.text == "身份证"
    assert asked == ["身份正"]
    respell("身份正，" + "好" * 500, engine, words, costs, corrector)
    assert max(map(len, asked)) == costs.characters


def test_what_words_read_wrongly_is_read_by_the_sentence(corrector: Corrector, engine: Engine) -> None:
    costs, words = ranking.default().repair, lexicon.default()
    by_words, by_sentence = 0, 0
    for text, wrong, meant in MISHEARD:
        clean = text.replace(wrong, meant, 1)
        alone, both = (respell(text, engine, words, costs, c) for c in (None, corrector))
        by_words += alone is not None and alone.text == clean
        by_sentence += both is not None and both.text == clean
    assert by_sentence >= len(MISHEARD) - 2, "一后 leaves no doubt: both often stand alone"
    assert by_sentence > by_words


def test_stretches_keep_their_places(corrector: Corrector, engine: Engine) -> None:
    """Two runs that read the same, letters and typed syllables among them."""
    found = respell("jiehun登记，身份正。身份正a", engine, lexicon.default(), ranking.default().repair, corrector)
    assert found
    assert found.text == "结婚登记，身份证。身份证a"


def test_the_shipped_one_fits_the_default_encoder_alone(encoder_dir: Path) -> None:
    assert file_name(DEFAULT) == file_name(TUNED) is not None
    name = str(file_name(DEFAULT))
    assert (encoder_dir / name).exists()
    vectors = np.load((encoder_dir / name).with_suffix(".npz"))[VECTORS]
    head = Head.read()
    assert vectors.shape == (len(head.characters), len(head.turn)) == (len(head.bias), len(head.shift))
    assert file_name(NAMES[-1]) is None
    assert read(WEIGHTS).steps.keys()
    assert HEAD.stat().st_size < 1_000_000


def test_a_head_is_kept_nearly_as_it_was(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    turn, bias, scale, shift, each = (dice.normal(size=n) for n in ((4, 4), 4, 4, 4, 3))
    one = Head("甲乙丙", turn, bias, scale, shift, each, typed=2.5)
    one.write(tmp_path / "head.npz")
    kept = Head.read(tmp_path / "head.npz")
    state = dice.normal(size=(2, 4))
    assert (kept.characters, kept.typed) == ("甲乙丙", 2.5)
    np.testing.assert_allclose(kept.turned(state), one.turned(state), atol=0.05)
    turned = one.turned(np.zeros((1, 4)))
    assert np.isfinite(turned).all()


def test_without_its_files_words_alone_decide(encoder_dir: Path, library: IndexSettings, tmp_path: Path) -> None:
    for file in encoder_files(encoder_dir, STORED, QUERIES):
        (tmp_path / file.name).symlink_to(file.resolve())
    assert Encoder(tmp_path).corrector is None
    name = str(file_name(DEFAULT))
    (tmp_path / name).write_bytes(b"damaged")
    shutil.copy((encoder_dir / name).with_suffix(".npz"), tmp_path)
    with pytest.raises(EncoderMissing, match="corrector"):
        _ = Encoder(tmp_path).corrector


CLAUSES = {
    "reviews": ["这家店的服务态度很好", "房间有点小", "早饭还不错", "下次还会再来住"] * 3,
    "content": ["申请人身份证明原件", "办理地点在市民服务中心", "法定代表人签字"],
}


@pytest.fixture
def settings() -> Settings:
    numbers = {"tokens": 64, "drawn": 400, "shares": {"reviews": 0.75, "content": 0.25, "questions": 9.0}}
    return default_settings().model_copy(update=numbers)


def test_clauses_are_misheard_as_people_mishear(settings: Settings) -> None:
    batches = Batches({**CLAUSES, "questions": []}, settings)
    pairs = [pair for _ in range(400) for pair in batches.next()]
    come_from = Counter("content" if p.meant in CLAUSES["content"] else "reviews" for p in pairs)
    assert come_from["content"] / len(pairs) == pytest.approx(0.25, abs=0.05)
    changed = [(a, b) for p in pairs for a, b in zip(p.heard, p.meant, strict=True) if a != b]
    share = len(changed) / sum(len(p.meant) for p in pairs)
    assert share == pytest.approx(settings.misheard * (1 - settings.spared), abs=0.03)
    sounds = [(pinyin.spoken(a)[0], pinyin.spoken(b)[0]) for a, b in changed]
    assert all(pinyin.blur(a) == pinyin.blur(b) for a, b in sounds)
    assert 0 < sum(a != b for a, b in sounds) / len(sounds) < 2 * settings.near


def test_batches_hold_so_many_tokens(settings: Settings) -> None:
    batches = Batches(CLAUSES, settings)
    for _ in range(200):
        pairs = batches.next()
        assert 0 < len(pairs) * (max(len(p.meant) for p in pairs) + 2) <= settings.tokens


def test_noise_and_material_mishear_alike() -> None:
    assert "政" in noise.said_like("证")
    assert "证" not in noise.said_like("证")
    assert "怎" not in noise.said_like("证")
    assert set(noise.said_like("证")) < set(noise.said_like("证", pinyin.blur)) | {"证"}
    assert all(map(analysis.is_han, noise.said_like("证", pinyin.blur)))
    assert noise.said_like("a") == []
    assert noise.homophone("身份证", random.Random(1)) != "身份证"

"""Other spellings on a small vocabulary: what each kind of slip is read as, and what is left alone."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Index, IndexSettings, lexicon, open_index, pinyin, ranking, spelling, spelling_keys
from index.engine import Engine


@pytest.fixture(scope="module")
def engine(library: IndexSettings) -> Engine:
    from index import opening

    return opening.engine(library, ranking.default())[0]


def respelt(text: str, engine: Engine) -> str | None:
    found = spelling.respell(text, engine, lexicon.default(), ranking.default().repair)
    return found.text if found else None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("结昏登记", "结婚登记"),
        ("身份正", "身份证"),
        ("食品经赢许可", "食品经营许可"),
        ("住房公鸡金", "住房公积金"),
        ("失业保险劲", "失业保险金"),
        ("身证补办", "身份证补办"),
        ("身身份证", "身份证"),
        ("身证份", "身份证"),
        ("失业登己", "失业登记"),
        ("护zhao", "护照"),
        ("jiehun登记", "结婚登记"),
        ("gong ji jin", "公积金"),
        ("jiehundenngji", "结婚登记"),
    ],
)
def test_read_as(engine: Engine, typed: str, meant: str) -> None:
    assert respelt(typed, engine) == meant


@pytest.mark.parametrize(
    "text", ["身份证", "结婚登记怎么办", "我想开个小吃店", "hpv", "c1", "12345", "", "？！", "a", "的"]
)
def test_left_alone(engine: Engine, text: str) -> None:
    assert respelt(text, engine) is None


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="身份证结婚登记怎么办abcsh 12，的㐀", max_size=90))
def test_any_text_is_read(engine: Engine, text: str) -> None:
    assert respelt(text, engine) != text


def test_sounds_that_people_mix_up_share_a_key() -> None:
    assert pinyin.blurred(("zhang", "ling", "fei")) == pinyin.blurred(("zan", "nin", "hei"))
    assert pinyin.blurred(("ban",)) != pinyin.blurred(("dan",))
    assert pinyin.spoken("银行") == ("yin", "hang")


def test_an_unclear_spelling_is_searched_but_not_asked_about(library: IndexSettings) -> None:
    with open_index(library) as index:
        result = index.search("结昏登记")
        assert (result.did_you_mean, result.hits[0].id) == ("结婚登记", "marry")
        assert index.search("结婚登记").did_you_mean is None


def test_reading_is_quick(engine: Engine) -> None:
    typed: Sequence[str] = ["食品经赢许可怎么办里", "我想问一下失业保险劲在那里领取", "jiehundengji要带身份正吗"] * 20
    start = time.thread_time()
    for text in typed:
        respelt(text, engine)
    assert (time.thread_time() - start) / len(typed) < 0.004


def test_shapes_are_pairs_both_ways() -> None:
    for char, others in spelling_keys.shapes().items():
        assert char not in others
        assert all(char in spelling_keys.shapes()[other] for other in others)


def test_wrong_spelling_never_replaces_what_was_typed(library: IndexSettings) -> None:
    index: Index
    with open_index(library) as index:
        hit = index.search("结昏登记").hits[0]
        assert hit.why["repaired"] == "结婚登记"
        assert index.search("结昏登记").recognised["core"] == "结昏登记"

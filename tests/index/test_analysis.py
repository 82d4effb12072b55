"""Text analysis: one form, offsets that point back, the same terms on both sides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, constants, lazy_pinyin

from index import analysis, pinyin
from index.from_knowledge import documents_of
from knowledge_base.loader import load_city


@pytest.mark.parametrize(
    ("text", "folded"),
    [("身份証", "身份证"), ("開飯店", "开饭店"), ("ＡＢＣ１２", "abc12"), ("60㎡", "60m2"), ("a\u202eb\x00c", "abc")],
)
def test_fold(text: str, folded: str) -> None:
    assert analysis.fold(text) == folded


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_again_changes_nothing_and_offsets_point_into_the_text(text: str) -> None:
    folded, origin = analysis.fold_with_offsets(text)
    assert folded == analysis.fold(text)
    assert len(origin) == len(folded)
    assert all(0 <= at < len(text) for at in origin)
    assert origin == sorted(origin)


@settings(deadline=None)
@given(st.text(alphabet="身份证办理开饭店abc12 ，。", max_size=30))
def test_traditional_and_simplified_give_the_same_terms(text: str) -> None:
    from index import noise

    assert analysis.terms(noise.add("traditional", text)) == analysis.terms(text)


def test_terms_are_words_pairs_and_pairs_of_sounds() -> None:
    found = analysis.terms("补办身份证 A类")
    assert "身份证" in found.words
    assert found.grams == ("补办", "办身", "身份", "份证", "a", "类")
    assert found.sound[:2] == ("bu'ban", "ban'shen")


def test_homophones_share_their_sound() -> None:
    assert analysis.terms("身份正").sound == analysis.terms("身份证").sound
    assert analysis.terms("身份正").grams != analysis.terms("身份证").grams


def test_a_single_character_is_a_term() -> None:
    assert analysis.terms("税").grams == ("税",)
    assert analysis.terms("……？").grams == ()


@pytest.mark.parametrize(
    ("letters", "split"),
    [("shenfenzheng", ("shen", "fen", "zheng")), ("gongjijin", ("gong", "ji", "jin")), ("xyz", ()), ("", ())],
)
def test_letters_are_split_into_syllables(letters: str, split: tuple[str, ...]) -> None:
    assert pinyin.split(letters) == split


@pytest.mark.parametrize(("text", "letters"), [("sfz", "sfz"), ("Shen Fen", "shenfen"), ("身份", None), ("a1", None)])
def test_what_may_be_typed_pinyin(text: str, letters: str | None) -> None:
    assert analysis.typed_pinyin(text) == letters


def test_pinyin_of_a_name() -> None:
    assert analysis.pinyin_of("银行卡A") == ("yinhangkaa", "yhka")


def _odd(characters: str) -> Any:
    """pypinyin takes a list here, which its types leave out."""
    return list(characters)


@given(
    st.lists(
        st.sampled_from(sorted(constants.PHRASES_DICT)[::37] + list("行长重了的便都得乐会数")), min_size=1, max_size=8
    )
)
@settings(max_examples=300, deadline=None)
def test_pinyin_is_read_exactly_as_pypinyin_reads_it(parts: list[str]) -> None:
    for run in analysis.runs("".join(parts)):
        if analysis.is_han(run):
            assert pinyin.read(run) == lazy_pinyin(run, style=Style.NORMAL, errors=_odd, v_to_u=False)


def test_pinyin_of_the_content_is_pypinyins() -> None:
    texts = {s.text for d in documents_of(load_city()) for s in d.sections}
    for run in sorted({r for t in texts for r in analysis.runs(analysis.fold(t)) if analysis.is_han(r)})[::5]:
        assert pinyin.read(run) == lazy_pinyin(run, style=Style.NORMAL, errors=_odd, v_to_u=False)

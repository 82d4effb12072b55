"""Numbers as people say them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.numbers import chinese_number, numbers


@pytest.mark.parametrize(
    ("text", "value", "family"),
    [
        ("六十来平", 60, "area"),
        ("60平米", 60, "area"),
        ("两百多平", 201, "area"),
        ("五六十平", 55, "area"),
        ("超过300平", 301, "area"),
        ("一万五", 15000, ""),
        ("两万三千块", 23000, "money"),
        ("3w", 30000, ""),
        ("1.5万", 15000, ""),
        ("3万5", 35000, ""),
        ("1,200元", 1200, "money"),
        ("十二三岁", 12.5, "age"),
        ("三十几岁", 35, "age"),
        ("不到六十岁", 59, "age"),
        ("四十多人", 41, "people"),
        ("四吨二", 4.2, "weight"),
        ("三块五", 3.5, "money"),
        ("一百五六十平", 155, "area"),
        ("一年零两个月", 14, "duration"),
        ("五岁半", 5.5, "age"),
        ("三百来万", 3000000, ""),
        ("半年", 6, "duration"),
        ("一年半", 18, "duration"),
        ("两个半月", 2.5, "duration"),
        ("仨人", 3, "people"),
        ("一百二", 120, ""),
        ("一千零五十", 1050, ""),
        ("十来万", 100000, ""),
    ],
)
def test_reads_spoken_numbers(text: str, value: float, family: str) -> None:
    (said,) = numbers(text)
    assert said.value == pytest.approx(value)
    assert said.family == family
    assert text[said.start : said.end] == said.words


@pytest.mark.parametrize("text", ["2019年办的", "没有", "几", "身份证", ""])
def test_finds_none_where_there_is_none(text: str) -> None:
    assert not list(numbers(text))


@given(st.text(alphabet="零一二三四五六七八九十百千万亿两半几0123456789.万w平元岁多来 年月", max_size=20))
def test_never_fails_and_never_overlaps(text: str) -> None:
    found = list(numbers(text))
    assert all(a.end <= b.start for a, b in pairwise(found))


DIGITS = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """1–9999 as it is read aloud."""
    text, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
            gap = False
        else:
            gap = True
    return text


@given(st.integers(min_value=1, max_value=9999))
def test_reads_back_what_is_spelled(number: int) -> None:
    assert chinese_number(spelled(number)) == number

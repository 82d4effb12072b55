"""Word data: fillers, audiences, synonyms."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from index import wording
from index.analysis import fold
from index.errors import SettingsInvalid
from index.wording import SYNONYMS


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("喂你好那个我想问一下身份证要怎么补办呀", "身份证要怎么补办"),
        ("请问公积金怎么取，谢谢", "公积金怎么取"),
        ("身份证", "身份证"),
        ("你好", "你好"),
        ("谢谢", "谢谢"),
    ],
)
def test_fillers_are_taken_off_but_never_everything(said: str, left: str) -> None:
    assert wording.default().strip(said) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("我想开饭店", "开饭店"),
        ("怎么开饭店", "开饭店"),
        ("身份证丢了怎么办", "身份证丢了"),
        ("开饭店要办什么手续", "开饭店"),
        ("公积金怎么提取", "公积金怎么提取"),
        ("能报销吗", "能报销吗"),
        ("怎么办", "怎么办"),
    ],
)
def test_that_and_how_it_is_wanted_is_no_part_of_a_name(said: str, left: str) -> None:
    assert wording.default().bare(said) == left


def test_the_longest_saying_wins() -> None:
    (found,) = wording.default().synonyms("给孩子上户要啥")
    assert found.said == "给孩子上户"
    assert "出生登记" in found.official


def test_synonyms_are_many_and_no_group_says_nothing_new() -> None:
    groups = yaml.safe_load(SYNONYMS.read_text("utf-8"))["groups"]
    assert len(groups) >= 150
    for group in groups:
        assert {fold(s) for s in group["said"]} - {fold(o) for o in group["official"]}, group


def test_audiences() -> None:
    assert wording.default().audiences("公司怎么交社保") == ("business",)
    assert wording.default().audiences("怎么交社保") == ()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "synonyms.yaml"
    broken.write_text("groups: [{said: []}]", "utf-8")
    with pytest.raises(SettingsInvalid, match=r"synonyms\.yaml"):
        wording.load(synonyms=broken)

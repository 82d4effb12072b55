"""Names about a matter stand behind the matter, on both engines, except for who asks about it so."""

import pytest

from index import IndexSettings, build, open_index, wording
from index.models import Document

MATTER = "办理往来台湾通行证探亲签注（全国通办）"
ABOUT = "探亲签注办理查询"


@pytest.mark.parametrize(
    ("title", "asked", "aside"),
    [
        (ABOUT, "探亲签注", True),
        ("成绩查询（转链接）", "职业资格考试", True),
        ("结婚登记预约", "结婚登记", True),
        (ABOUT, "探亲签注查询", False),
        (ABOUT, "探亲签注办到哪了帮我看看", False),
        ("结婚登记预约", "约个号结婚", False),
        ("如何查询余额", "余额", False),
        (MATTER, "探亲签注", False),
    ],
)
def test_what_is_about_a_matter(title: str, asked: str, aside: bool) -> None:
    assert wording.default().asides({"it": title}, asked) == ({"it"} if aside else set())


def test_the_matter_comes_before_what_is_about_it(settings: IndexSettings) -> None:
    build([Document("matter", "item", MATTER), Document("about", "item", ABOUT)], settings)
    with open_index(settings) as index:
        matter, about = index.search("探亲签注").hits
        assert (matter.id, about.id) == ("matter", "about")
        assert about.why["fused"] > matter.why["fused"]
        assert [rule["rule"] for rule in about.why["rules"]] == ["kind", "aside"]
        assert [hit.id for hit in index.search("探亲签注查询").hits] == ["about", "matter"]

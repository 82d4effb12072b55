"""Personal data never reaches the database or a log."""

import pytest

from search_api.masking import mask


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的身份证是210802199003071234，补办", "我的身份证是[身份证号]，补办"),
        ("21080219900307123X", "[身份证号]"),
        ("打我手机13812345678", "打我手机[手机号]"),
        ("138 1234 5678", "[手机号]"),
        ("卡号6222021234567890123", "卡号[卡号]"),
        ("座机0417-2821234", "座机[电话]"),
        ("发到zhang.san@example.com", "发到[邮箱]"),
        ("护照E12345678", "护照[证件号]"),
        ("车牌辽H12345", "车牌[车牌号]"),
    ],
)
def test_masks(text: str, kept: str) -> None:
    assert mask(text) == kept


@pytest.mark.parametrize("text", ["六十来平", "2022年3月", "12345热线", "要交 500000 元", "210802 站前区"])
def test_leaves_the_rest(text: str) -> None:
    assert mask(text) == text

"""Danger is recognised from words alone; an errand that only sounds like it is not."""

import pytest

from answers.emergency import emergency


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("着火了！！", "fire", "119"),
        ("我家着火了快来人", "fire", "119"),
        ("厨房燃气泄漏了怎么办", "fire", "119"),
        ("有人入室抢劫", "police", "110"),
        ("孩子不见了", "police", "110"),
        ("我刚被骗了两万块", "police", "110"),
        ("我爸晕倒了", "medical", "120"),
        ("路口撞车了", "traffic", "122"),
        ("我不想活了", "crisis", "12356"),
        ("活著沒意思", "crisis", "12356"),
    ],
)
def test_says_the_number(text: str, kind: str, number: str) -> None:
    found = emergency(text)
    assert found is not None
    assert found.id == kind
    assert number in found.numbers
    assert number in found.reply


@pytest.mark.parametrize(
    "text",
    [
        "消防安全检查怎么办理",
        "火灾事故认定书在哪开",
        "住院报销要什么材料",
        "工伤认定怎么申请",
        "身份证被抢了怎么补办",
        "无犯罪记录证明",
        "交通事故认定书去哪拿",
        "我想开个饭店",
    ],
)
def test_leaves_errands_alone(text: str) -> None:
    assert emergency(text) is None

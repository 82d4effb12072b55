"""Personal data out of text before it is stored or logged: identity, phone, bank-card, passport numbers, mail, plates."""

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)"), "[身份证号]"),
    (re.compile(r"(?<!\d)\d{15}(?!\d)"), "[身份证号]"),
    (re.compile(r"(?<!\d)(?:\d[ -]?){16,19}(?!\d)"), "[卡号]"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "[手机号]"),
    (re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"), "[电话]"),
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "[邮箱]"),
    (re.compile(r"(?<![A-Za-z0-9])[EeGgHhCc][A-Za-z]?\d{7,8}(?!\d)"), "[证件号]"),
    (
        re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}(?![A-Z0-9])"),
        "[车牌号]",
    ),
)


def mask(text: str) -> str:
    """`text` with every recognised number replaced by its kind in brackets."""
    for pattern, kind in _RULES:
        text = pattern.sub(kind, text)
    return text

"""Chinese numerals as they stand in texts and article numbers."""

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}


def number_of(text: str) -> float:
    """「20」「两」「三十」「一千二百零四」 → the number; digits as they are."""
    if text[0].isdigit():
        return float(text)
    total, digit = 0, 0
    for character in text.replace("两", "二").replace("〇", "零"):
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS.index(character)
    return total + digit

"""Numbers as people say them: 六十来平, 两百多, 一万五, 3w, 1.5万, 五六十, 半年. One normaliser for every room."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHINESE = "零〇一二三四五六七八九十百千万亿两俩仨半几"
_NUMBER = re.compile(
    rf"(?P<arabic>\d+(?:,\d{{3}})*(?:\.\d+)?)\s*(?P<scale>[wW万千百kK亿]?)(?P<tail>\d?)|(?P<chinese>[{_CHINESE}]+)"
)
_SCALES = {"w": 10_000, "万": 10_000, "k": 1000, "千": 1000, "百": 100, "亿": 100_000_000, "": 1}
_PAIR = re.compile(r"^(.*[十百千万])?([一二三四五六七八九])([二三四五六七八九])([十百千万]?)$")
_YEARS = range(1900, 2100)
_TENTH = re.compile(r"[1-9一二三四五六七八九](?![\d零一二三四五六七八九十百千万个年月岁])")


@dataclass(frozen=True)
class Said:
    """A number in its family's base unit (family "" without a unit); `words` and offsets are those of the text."""

    value: float
    family: str
    words: str
    start: int
    end: int


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "units.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def _unit_table() -> tuple[tuple[str, str, float], ...]:
    """(word, family, factor), longest word first, so that 个月 is not read as 个."""
    rows = [(u, name, float(f)) for name, fam in _data()["families"].items() for u, f in fam["units"].items()]
    return tuple(sorted(rows, key=lambda r: -len(r[0])))


def family_of(unit: str) -> tuple[str, float]:
    """(family, factor to its base) of a fact's unit; ("", 1) for one that is not listed."""
    return next(((family, factor) for word, family, factor in _unit_table() if word == unit), ("", 1.0))


def ages_in() -> dict[str, float]:
    """Families that an age can be said in, and how many of their base units a year of age is."""
    found: dict[str, float] = _data()["ages_in"]
    return found


def chinese_number(text: str) -> float | None:
    """一万五 → 15000, 两百六 → 260, 五六十 → 55, 三十几 → 35, 半 → .5; None for what is no number."""
    if not text or text in ("几", "零几"):
        return None
    if text == "半":
        return 0.5
    pair = _PAIR.match(text)
    if pair and _DIGITS[pair[3]] == _DIGITS[pair[2]] + 1:
        unit = {**_SMALL, **_LARGE, "": 1}[pair[4]]
        tens = (_spelled(pair[1]) or 0.0) if pair[1] else 0.0
        return tens + (_DIGITS[pair[2]] + _DIGITS[pair[3]]) / 2 * unit
    return _spelled(text)


def _spelled(text: str) -> float | None:
    total = section = 0.0
    digit: float | None = None
    last_unit = 1.0
    for i, c in enumerate(text):
        if c in _DIGITS:
            if digit is not None and c not in "零〇" and digit != 0:
                if not all(x in _DIGITS for x in text):
                    return None
                return float("".join(str(_DIGITS[x]) for x in text))
            digit = float(_DIGITS[c])
            if digit == 0:
                last_unit = 10.0
        elif c in _SMALL:
            section += (1.0 if digit is None else digit) * _SMALL[c]
            digit, last_unit = None, float(_SMALL[c])
        elif c in _LARGE:
            base = section + (digit or 0.0)
            total = (total + (base if base else 1.0)) * _LARGE[c]
            section, digit, last_unit = 0.0, None, float(_LARGE[c])
        elif c == "几" and i:
            digit = 5.0
            section += digit * last_unit / 10 if last_unit >= 10 else 0.0
            digit = None
        elif c == "半":
            section += last_unit / 2
        else:
            return None
    if digit is not None:
        # 一万五, 两百六: the last digit counts in the next smaller unit unless a zero said otherwise.
        section += digit * (last_unit / 10 if last_unit >= 100 and text[-2] not in "零〇" else 1.0)
    return total + section


def _value(match: re.Match[str]) -> float | None:
    if match["chinese"]:
        return chinese_number(match["chinese"])
    scale = _SCALES[match["scale"].lower()]
    value = float(match["arabic"].replace(",", "")) * scale
    return value + float(match["tail"]) * scale / 10 if match["tail"] and scale > 1 else value


def _starts(text: str, at: int, words: Sequence[str]) -> str:
    return next((w for w in sorted(words, key=len, reverse=True) if text.startswith(w, at)), "")


def _moved(value: float, text: str, start: int, end: int, trailing: str) -> float:
    """「多」「不到」 and the like put the number just over or under what was said."""
    data: Mapping[str, list[str]] = _data()
    before = text[max(0, start - 3) : start]
    step = 1.0 if value >= 10 else 0.1
    if trailing in data["more_than"] or any(before.endswith(w) for w in data["more_than_before"]):
        return value + step
    if trailing in data["less_than"] or any(before.endswith(w) for w in data["less_than_before"]):
        return value - step
    if _starts(text, end, data["more_than"]):
        return value + step
    return value - step if _starts(text, end, data["less_than"]) else value


def numbers(text: str) -> Iterator[Said]:
    """Every number in `text`, left to right; a calendar year is none. 「一年零两个月」 is one number."""
    before: Said | None = None
    for said in sorted((*_worded(text), *_counted(text)), key=lambda s: s.start):
        joined = before is not None and before.family == said.family != "" and said.value < before.value
        if before is not None and joined and text[before.end : said.start] in ("", "零", "又", "加"):
            before = Said(before.value + said.value, said.family, text[before.start : said.end], before.start, said.end)
            continue
        if before is not None:
            yield before
        before = said
    if before is not None:
        yield before


def _worded(text: str) -> Iterator[Said]:
    """Lengths of time that are one word: 满月, 昨天."""
    for word, value in _data()["words"].items():
        if (at := text.find(word)) >= 0:
            yield Said(float(value), "duration", word, at, at + len(word))


def _counted(text: str) -> Iterator[Said]:
    done = 0
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is None or match.start() < done or (value in _YEARS and text.startswith("年", match.end())):
            continue
        at = match.end()
        trailing = _starts(text, at, ["来", "多", "几", "把"])
        if trailing == "几" or (trailing == "把" and not text.startswith("把岁", at)):
            trailing = ""
        at += len(trailing)
        scaled = _starts(text, at, ["万", "亿", "千"]) if trailing else ""
        if scaled:
            value *= _LARGE.get(scaled) or _SMALL[scaled]
            at += len(scaled)
        if text.startswith("个半", at):
            value, at = value + 0.5, at + 2
            unit = _starts(text, at, [u.removeprefix("个") for u, _, _ in _unit_table() if u.startswith("个")])
            row = next((r for r in _unit_table() if r[0] == "个" + unit), None) if unit else None
            at += len(unit)
        else:
            row = next((r for r in _unit_table() if text.startswith(r[0], at)), None)
            at += len(row[0]) if row else 0
        if row and row[0] in ("年", "岁", "周岁") and text.startswith("半", at):
            value, at = value + 0.5, at + 1
        if row and row[1] in _data()["tenths_follow"] and (tenth := _TENTH.match(text, at)):
            value, at = value + (_DIGITS.get(tenth[0]) or float(tenth[0])) / 10, at + 1
        base, done = value * row[2] if row else value, at
        yield Said(
            _moved(base, text, match.start(), at, trailing),
            row[1] if row else "",
            text[match.start() : at],
            match.start(),
            at,
        )

"""Quantities and dates of a fact from free text, in the fact's own unit."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from index.analysis import fold
from knowledge_base.schema import Fact, FactValue

from .numbers import Said, ages_in, family_of, numbers

_DATE = re.compile(r"((?:19|20)\d{2})\s*[年./-]\s*(\d{1,2})?\s*(?:[月./-]\s*(\d{1,2})?)?\s*[日号]?")
_BORN = re.compile(r"((?:19|20)\d{2}|[一二][九零〇][零〇一二三四五六七八九]{2})\s*年")
CHINA = ZoneInfo("Asia/Shanghai")
_BARE = ("", "pieces")
"""Families that a number may be said in where the question has named the unit: 「二十五」, 「二十五个」."""


@dataclass(frozen=True)
class Reading:
    """A fact's value and the words it came from."""

    value: FactValue
    words: str


def calendar_date(text: str) -> Reading | None:
    m = _DATE.search(fold(text))
    return Reading(f"{m[1]}-{int(m[2] or 1):02d}-{int(m[3] or 1):02d}", m[0]) if m else None


def quantity(fact: Fact, text: str, bare: bool) -> Reading | None:
    """A number in the fact's unit; `bare` takes one without a unit, and a year of birth for an age, too."""
    family, factor = family_of(fact.unit)
    said = [
        n for n in map(_as_family(family), numbers(fold(text))) if n.family == family or (bare and n.family in _BARE)
    ]
    # A bare number counts only where it is most of what was said: 「上一步」 is no quantity.
    fitting = [n for n in said if n.family == family] or [n for n in said if 2 * len(n.words) >= len(text.strip())]
    if not fitting:
        born = _BORN.search(fold(text)) if family == "age" and bare else None
        return Reading(float(datetime.now(CHINA).year - _year(born[1])), born[0]) if born else None
    n = fitting[-1]
    return Reading(round(n.value / factor if n.family == family else n.value, 2), n.words)


def _as_family(family: str) -> Callable[[Said], Said]:
    """An age where a length of time is asked for (「一周岁了」) is that long."""
    months = ages_in().get(family)
    return lambda n: replace(n, value=n.value * months, family=family) if months and n.family == "age" else n


def _year(digits: str) -> int:
    return int(
        "".join(
            str("零一二三四五六七八九".find(c)) if c in "零一二三四五六七八九" else c
            for c in digits.replace("〇", "零")
        )
    )

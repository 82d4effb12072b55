"""When a condition holds, and ranges of quantities. No expression language: comparisons with a number, all of which must hold."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .schema.common import FactValue, Scalar, When

_PART = re.compile(r"(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Range:
    """An interval; a bound may be infinite. `low_in`: the lower bound itself belongs to it."""

    low: float = -math.inf
    high: float = math.inf
    low_in: bool = True
    high_in: bool = True

    def __contains__(self, number: float) -> bool:
        above = number > self.low or (self.low_in and number == self.low)
        return above and (number < self.high or (self.high_in and number == self.high))

    def within(self, other: "Range") -> bool:
        """Every number of this range is in the other."""
        low = self.low > other.low or (self.low == other.low and (other.low_in or not self.low_in))
        high = self.high < other.high or (self.high == other.high and (other.high_in or not self.high_in))
        return low and high

    def meets(self, other: "Range") -> bool:
        """Some number is in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return low < high or (low == high and low in self and low in other)

    def representative(self) -> float:
        """A number inside, not negative where that is possible."""
        if math.isinf(self.low) and math.isinf(self.high):
            return 0.0
        if math.isinf(self.high):
            return self.low + 1
        low = max(self.low, 0.0) if self.high > 0 and math.isinf(self.low) else self.low
        return self.high - 1 if math.isinf(low) else (low + self.high) / 2


@lru_cache(maxsize=4096)
def parse_range(text: str) -> Range:
    """`text` like `<=50` or `>50 <=200`. Raises ValueError on anything else, also on an empty range."""
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise ValueError(f"不是区间：{text!r}，应写成 <=50 或 >50 <=200")
    low, high, low_in, high_in = -math.inf, math.inf, True, True
    for sign, bound in ((sign, float(number)) for sign, number in parts):
        if sign in (">", ">=", "=") and (bound > low or (bound == low and sign == ">")):
            low, low_in = bound, sign != ">"
        if sign in ("<", "<=", "=") and (bound < high or (bound == high and sign == "<")):
            high, high_in = bound, sign != "<"
    if low > high or (low == high and not (low_in and high_in)):
        raise ValueError(f"空区间：{text!r}")
    return Range(low, high, low_in, high_in)


def is_range(value: object) -> bool:
    return isinstance(value, str) and value[:1] in ("<", ">", "=")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def value_matches(wanted: Scalar, value: FactValue) -> bool:
    """One entry of a condition against a known value: a range holds a number or a narrower range, anything else is equal."""
    if isinstance(wanted, str) and is_range(wanted):
        if isinstance(value, str):
            return is_range(value) and parse_range(value).within(parse_range(wanted))
        return is_number(value) and float(value) in parse_range(wanted)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return wanted == value


def holds(when: When, facts: Mapping[str, FactValue]) -> bool:
    """Whether every fact of `when` is known and matches; an unknown fact does not match."""
    return all(fact in facts and any(value_matches(w, facts[fact]) for w in wanted) for fact, wanted in when.items())

"""When a condition holds, and ranges of quantities. No expression language: comparisons with a number, all of which must hold."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .schema.common import FactValue, Scalar, When

_PART = re.compile(r"(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Range:
    """`>50 <=200`: every comparison holds."""

    parts: tuple[tuple[str, float], ...]

    def __contains__(self, number: float) -> bool:
        return all(_COMPARE[sign](number, bound) for sign, bound in self.parts)

    @property
    def bounds(self) -> tuple[float, ...]:
        return tuple(bound for _, bound in self.parts)

    def representative(self) -> float:
        """A number inside the range; raises ValueError for an empty one."""
        bounds = sorted({*self.bounds})
        tried = [bounds[0] - 1, *bounds, *((a + b) / 2 for a, b in zip(bounds, bounds[1:], strict=False)), bounds[-1] + 1]
        for number in tried:
            if number in self and number >= 0:
                return number
        raise ValueError(f"空区间：{self.parts}")


@lru_cache(maxsize=4096)
def parse_range(text: str) -> Range:
    """`text` like `<=50` or `>50 <=200`. Raises ValueError on anything else."""
    parts = tuple((sign, float(number)) for sign, number in _PART.findall(text))
    if not parts or _PART.sub("", text).strip():
        raise ValueError(f"不是区间：{text!r}，应写成 <=50 或 >50 <=200")
    return Range(parts)


def is_range(value: object) -> bool:
    return isinstance(value, str) and value[:1] in "<>="


def value_matches(wanted: Scalar, value: FactValue) -> bool:
    """One entry of a condition against a known value: a range holds a number, anything else must be equal."""
    if isinstance(wanted, str) and is_range(wanted):
        return isinstance(value, int | float) and not isinstance(value, bool) and value in parse_range(wanted)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return wanted == value


def holds(when: When, facts: Mapping[str, FactValue]) -> bool:
    """Whether every fact of `when` is known and matches; an unknown fact does not match."""
    return all(fact in facts and any(value_matches(w, facts[fact]) for w in wanted) for fact, wanted in when.items())

"""The questions of an item or bundle, with every option resolved to a value, a label and a share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..city import City
from ..conditions import Range, is_number, is_range, parse_range, value_matches
from ..schema import Fact, FactType, FactValue, Question


@dataclass(frozen=True)
class Choice:
    """`value` is a choice value, yes/no, or a range as text; `share` is relative within the question."""

    value: FactValue
    label: str
    share: float = 1.0
    hint: str = ""

    @property
    def sample(self) -> FactValue:
        """A value that conditions can be evaluated on; they are constant over an option (linted)."""
        return parse_range(str(self.value)).representative() if is_range(self.value) else self.value


@dataclass(frozen=True)
class Asked:
    """One question: its fact, wording, and the options that partition the fact's values."""

    fact: Fact
    text: str
    why: str
    choices: tuple[Choice, ...]

    def index_of(self, value: FactValue) -> int | None:
        """The option a known value falls into; None where it fits none (or straddles two)."""
        return next((i for i, c in enumerate(self.choices) if value_matches(c.value, value)), None)


def number_text(number: float) -> str:
    """300 → 「300」, 50000 → 「5万」, 1.5 → 「1.5」."""
    if number >= 10000 and number % 1000 == 0:
        return f"{number / 10000:g}万"
    return f"{number:g}"


def range_label(range_: Range, unit: str) -> str:
    """「50平方米以下」「50—300平方米」「300平方米以上」; says whether the bound is included where it is not the common reading."""
    low, high = number_text(range_.low), number_text(range_.high)
    if range_.low <= 0 and range_.high != float("inf"):
        return f"{high}{unit}及以下" if range_.high_in else f"不满{high}{unit}"
    if range_.high == float("inf"):
        return f"{low}{unit}{'及以上' if range_.low_in else '以上（不含）'}"
    if range_.low_in and not range_.high_in:
        return f"满{low}不满{high}{unit}"
    return f"{low}{'' if range_.low_in else '以上'}至{high}{unit}{'' if range_.high_in else '（不含）'}"


def label_of(fact: Fact, value: FactValue, city: City | None = None) -> str:
    """How a person would read the value."""
    if isinstance(value, bool):
        return fact.yes_label if value else fact.no_label
    if fact.type is FactType.CHOICE:
        return next((c.label for c in fact.choices if c.value == value), str(value))
    if fact.type is FactType.REGION and city is not None:
        return city.regions[str(value)].name if str(value) in city.regions else str(value)
    if isinstance(value, str) and is_range(value):
        return range_label(parse_range(value), fact.unit)
    return f"{number_text(float(value))}{fact.unit}" if is_number(value) else str(value)


def _default_choices(fact: Fact) -> tuple[Choice, ...]:
    if fact.type is FactType.YES_NO:
        return (Choice(True, fact.yes_label), Choice(False, fact.no_label))
    return tuple(Choice(c.value, c.label, hint=c.hint) for c in fact.choices)


def resolve_question(question: Question, fact: Fact) -> Asked:
    """Fills in what the question leaves to the fact. Raises ValueError for a range that cannot be read."""
    hints = {c.value: c.hint for c in fact.choices}
    choices = tuple(
        Choice(
            value := (o.range if o.range is not None else o.value if o.value is not None else ""),
            o.label or label_of(fact, value),
            o.share,
            o.hint or hints.get(str(value), ""),
        )
        for o in question.options
    )
    return Asked(fact, question.text or fact.question, question.why or fact.why, choices or _default_choices(fact))


def _atoms(ranges: Iterable[Range]) -> list[Range]:
    """The coarsest partition of the union that respects every given range."""
    cuts = sorted({(r.low, not r.low_in) for r in ranges} | {(r.high, r.high_in) for r in ranges})
    return [Range(low, high, not low_after, high_after) for (low, low_after), (high, high_after) in pairwise(cuts)]


def merge_questions(asked: Sequence[Asked]) -> Asked:
    """One question for a fact that several items ask: options refined so that each falls into one option of every item."""
    first = asked[0]
    if all(a.choices == first.choices for a in asked):
        return first
    if first.fact.type is not FactType.QUANTITY:
        seen = {c.value: c for a in asked for c in reversed(a.choices)}
        order = [c.value for c in _default_choices(first.fact)]
        kept = sorted(seen.values(), key=lambda c: order.index(c.value) if c.value in order else len(order))
        return Asked(first.fact, first.text, first.why, tuple(kept))
    ranges = [parse_range(str(c.value)) for a in asked for c in a.choices]
    choices = []
    for atom in _atoms(ranges):
        shares = [c.share for a in asked for c in a.choices if atom.within(parse_range(str(c.value)))]
        choices.append(Choice(range_text(atom), range_label(atom, first.fact.unit), sum(shares) / max(len(shares), 1)))
    return Asked(first.fact, first.text, first.why, tuple(choices))


def range_text(range_: Range) -> str:
    """The range as conditions write it."""
    parts = []
    if range_.low != float("-inf"):
        parts.append(f"{'>=' if range_.low_in else '>'}{range_.low:g}")
    if range_.high != float("inf"):
        parts.append(f"{'<=' if range_.high_in else '<'}{range_.high:g}")
    return " ".join(parts)

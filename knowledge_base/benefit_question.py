"""The next question about benefits: the fact whose answer is expected to settle the most of them."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, log2

from .benefits import ConditionVerdict, Verdict, check_condition, match, whens
from .city import City
from .conditions import Range, is_number, is_range, parse_range
from .navigation.questions import label_of, range_text
from .outcome import AnswerOption
from .schema import UNKNOWN, Audience, BenefitCondition, Fact, FactType, FactValue, Policy, Record

AUDIENCE = "audience"
UNKNOWN_LABEL = "不清楚"


class Together(Record):
    """A yes/no fact that can be ticked on the same screen."""

    fact: str
    text: str


class BenefitQuestion(Record):
    """`settles`: how many of the `undecided` benefits the answer is expected to decide, all answers taken as equally likely.

    `together`: where no question decides more than one benefit and the best is yes or no, all such yes/no facts, this one
    first; ticked is yes, the rest no.
    """

    fact: str
    type: str
    text: str
    why: str
    help: str = ""
    unit: str = ""
    options: tuple[AnswerOption, ...]
    settles: float
    undecided: int
    together: tuple[Together, ...] = ()


@dataclass(frozen=True)
class _Gain:
    settled: float
    bits: float


def next_question(
    city: City,
    facts: Mapping[str, FactValue],
    audience: Audience | str | None = None,
    as_of: date | None = None,
) -> BenefitQuestion | None:
    """None when no question is left that could decide anything. A fact answered with 「不清楚」 is not asked again."""
    open_matches = [m for m in match(city, facts, audience, as_of) if m.verdict is Verdict.UNKNOWN]
    if not audience and AUDIENCE not in facts and AUDIENCE in city.facts and open_matches:
        return _question(city.facts[AUDIENCE], _options(city, AUDIENCE, []), len(open_matches) / 2, len(open_matches))
    undecided = [m.policy for m in open_matches]
    asked = {m.fact for found in open_matches for m in found.missing if m.fact in city.facts and not m.asked}
    if not asked:
        return None
    policies = [p for p in city.policies.values() if p.benefit is not None]
    options = {fact: _options(city, fact, policies) for fact in asked}
    gains = {fact: _gain(city, fact, options[fact], undecided, facts) for fact in sorted(asked)}
    ranked = sorted(gains, key=lambda fact: (-round(gains[fact].settled, 9), -round(gains[fact].bits, 9), fact))
    best = city.facts[ranked[0]]
    yes_no = [city.facts[f] for f in ranked if city.facts[f].type is FactType.YES_NO and gains[f].settled <= 1]
    together = [Together(fact=f.id, text=f.question) for f in yes_no] if best in yes_no and len(yes_no) > 1 else []
    return _question(best, options[best.id], gains[best.id].settled, len(undecided), tuple(together))


def values_of(city: City, fact_id: str, policies: Iterable[Policy]) -> list[FactValue]:
    """What can be answered: a quantity's ranges are cut so that each lies inside or outside of every condition."""
    fact = city.facts[fact_id]
    match fact.type:
        case FactType.CHOICE:
            return [c.value for c in fact.choices]
        case FactType.YES_NO:
            return [True, False]
        case FactType.REGION:
            return [r.code for r in city.districts]
        case FactType.QUANTITY:
            return [range_text(r) for r in _cut(_ranges_of(fact_id, policies))]
        case FactType.DATE:
            return []


def _ranges_of(fact_id: str, policies: Iterable[Policy]) -> list[Range]:
    conditions = [c for p in policies if p.benefit for c in p.benefit.conditions]
    wanted = [w for c in conditions for when in whens(c) for w in when.get(fact_id, ())]
    return [
        parse_range(str(w)) if is_range(w) else Range(float(w), float(w)) for w in wanted if is_range(w) or is_number(w)
    ]


def _cut(ranges: Sequence[Range]) -> list[Range]:
    """The coarsest partition of the numbers from 0 that respects every range; a cut is (number, whether it lies before)."""
    cuts = sorted({(r.low, not r.low_in) for r in ranges} | {(r.high, r.high_in) for r in ranges})
    inner = [cut for cut in cuts if cut > (0.0, False) and cut[0] != inf]
    edges = [(0.0, False), *inner, (inf, True)]
    return [
        Range(low, high, not low_after, high_in and high != inf)
        for (low, low_after), (high, high_in) in itertools.pairwise(edges)
    ]


def _options(city: City, fact_id: str, policies: Sequence[Policy]) -> tuple[AnswerOption, ...]:
    fact = city.facts[fact_id]
    hints = {c.value: c.hint for c in fact.choices}
    shown = [
        AnswerOption(
            id=f"{fact_id}:{value}", label=label_of(fact, value, city), value=value, hint=hints.get(str(value), "")
        )
        for value in values_of(city, fact_id, policies)
    ]
    return (*shown, AnswerOption(id=f"{fact_id}:{UNKNOWN}", label=UNKNOWN_LABEL, value=UNKNOWN))


def _gain(
    city: City,
    fact: str,
    options: Sequence[AnswerOption],
    undecided: Sequence[Policy],
    facts: Mapping[str, FactValue],
) -> _Gain:
    values = [o.value for o in options if o.value != UNKNOWN]
    settled = bits = 0.0
    for policy in undecided:
        conditions = policy.benefit.conditions if policy.benefit else ()
        touched = [c for c in conditions if any(fact in when for when in whens(c))]
        if not touched or not values:
            continue
        before = _entropy(_chance(city, conditions, facts))
        after = 0.0
        for value in values:
            then = {**facts, fact: value}
            chance = _chance(city, conditions, then)
            after += _entropy(chance) / len(values)
            settled += (chance in (0.0, 1.0)) / len(values)
        bits += before - after
    return _Gain(settled, bits)


def _chance(city: City, conditions: Sequence[BenefitCondition], facts: Mapping[str, FactValue]) -> float:
    """1 and 0 are decided; an open condition counts as a coin."""
    chance = 1.0
    for condition in conditions:
        verdict, _ = check_condition(condition, facts, city.facts)
        if verdict is ConditionVerdict.FAILED:
            return 0.0
        if verdict is ConditionVerdict.MISSING:
            chance /= 2
    return chance


def _entropy(chance: float) -> float:
    return 0.0 if chance in (0.0, 1.0) else -chance * log2(chance) - (1 - chance) * log2(1 - chance)


def _question(
    fact: Fact, options: tuple[AnswerOption, ...], settles: float, undecided: int, together: tuple[Together, ...] = ()
) -> BenefitQuestion:
    return BenefitQuestion(
        fact=fact.id,
        type=fact.type,
        text=fact.question,
        why=fact.why,
        help=fact.help,
        unit=fact.unit,
        options=options,
        settles=round(settles, 3),
        undecided=undecided,
        together=together,
    )

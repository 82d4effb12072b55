"""Who is entitled to what: known facts against the conditions of benefits. Pure; the clause stands beside each verdict."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

from . import in_force
from .city import City
from .conditions import is_number, is_range, parse_range, value_matches
from .navigation.shown import cite
from .outcome import Cited
from .schema import UNKNOWN, Audience, BenefitCondition, Fact, FactType, FactValue, Policy, Record, Scalar, When


class Verdict(StrEnum):
    QUALIFIES = "qualifies"
    UNKNOWN = "unknown"
    NOT = "not"


class ConditionVerdict(StrEnum):
    MET = "met"
    MISSING = "missing"
    FAILED = "failed"


class MissingFact(Record):
    """`asked`: it was answered with 「不清楚」, so that it is not asked again."""

    fact: str
    label: str
    question: str
    asked: bool = False


class ConditionMatch(Record):
    text: str
    verdict: ConditionVerdict
    clause: Cited | None
    missing: tuple[MissingFact, ...] = ()
    data_source: str = ""
    hint: str = ""


class BenefitMatch(Record):
    """`conditions` in the order written; every failed one is told, not only the first."""

    policy: Policy
    verdict: Verdict
    conditions: tuple[ConditionMatch, ...]

    @property
    def failed(self) -> tuple[ConditionMatch, ...]:
        return tuple(c for c in self.conditions if c.verdict is ConditionVerdict.FAILED)

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """Facts that could still settle it, each once."""
        return tuple({m.fact: m for c in self.conditions for m in c.missing}.values())


def whens(condition: BenefitCondition) -> tuple[When, ...]:
    """The ways in which the condition can hold."""
    return (condition.when, *condition.alternatives)


def benefits_on(city: City, audience: Audience | str | None, as_of: date | None = None) -> Iterator[Policy]:
    """Benefits in force on the day (today in China where none is given), of one audience or of all."""
    day = as_of or in_force.today()
    for policy in city.policies.values():
        if policy.benefit is None or (audience and policy.benefit.audience != audience):
            continue
        if in_force.in_force(policy.validity, day):
            yield policy


def problem_of(city: City, fact_id: str, value: FactValue) -> str:
    """Why a given fact cannot be used, in Chinese; "" when it can."""
    fact = city.facts.get(fact_id)
    if fact is None:
        return "没有这个问题"
    if value == UNKNOWN:
        return ""
    match fact.type:
        case FactType.CHOICE:
            fits = any(c.value == value for c in fact.choices)
        case FactType.YES_NO:
            fits = isinstance(value, bool)
        case FactType.QUANTITY:
            fits = is_number(value) or (is_range(value) and _readable(str(value)))
        case FactType.REGION:
            fits = value in city.regions
        case FactType.DATE:
            fits = isinstance(value, str)
    return "" if fits else f"「{value}」不是「{fact.label}」的答案"


def match(
    city: City,
    facts: Mapping[str, FactValue],
    audience: Audience | str | None = None,
    as_of: date | None = None,
) -> list[BenefitMatch]:
    """Verdicts of all benefits in force: those one qualifies for first, then the undecided (nearest first), then the rest.

    Facts that cannot be used (`problem_of`) count as not given. Without `audience` the fact of that name decides.
    """
    known = _usable(city, facts)
    matches = [_match_one(city, p, known) for p in benefits_on(city, audience or _audience(known), as_of)]
    order = list(Verdict)
    return sorted(
        matches,
        key=lambda m: (order.index(m.verdict), len(m.missing), len(m.failed), -m.policy.popularity, m.policy.id),
    )


def check(when: When, facts: Mapping[str, FactValue], known: Mapping[str, Fact]) -> tuple[ConditionVerdict, list[str]]:
    """All facts of `when` against the known ones; with `MISSING` the ids of the facts that leave it open."""
    missing = []
    for fact, wanted in when.items():
        value = facts.get(fact, UNKNOWN)
        if fact not in known or value == UNKNOWN or _straddles(wanted, value):
            missing.append(fact)
        elif not any(value_matches(w, value) for w in wanted):
            return ConditionVerdict.FAILED, []
    return (ConditionVerdict.MISSING, missing) if missing else (ConditionVerdict.MET, [])


def check_condition(
    condition: BenefitCondition, facts: Mapping[str, FactValue], known: Mapping[str, Fact]
) -> tuple[ConditionVerdict, list[str]]:
    """The best of its alternatives; facts of all that are open, where none holds yet."""
    results = [check(when, facts, known) for when in whens(condition)]
    if any(verdict is ConditionVerdict.MET for verdict, _ in results):
        return ConditionVerdict.MET, []
    open_facts = list(dict.fromkeys(f for _, missing in results for f in missing))
    return (ConditionVerdict.MISSING, open_facts) if open_facts else (ConditionVerdict.FAILED, [])


def verdict_of(verdicts: Sequence[ConditionVerdict]) -> Verdict:
    """A failed condition decides, even beside missing facts."""
    if ConditionVerdict.FAILED in verdicts:
        return Verdict.NOT
    return Verdict.UNKNOWN if ConditionVerdict.MISSING in verdicts else Verdict.QUALIFIES


def _match_one(city: City, policy: Policy, facts: Mapping[str, FactValue]) -> BenefitMatch:
    conditions = []
    for condition in policy.benefit.conditions if policy.benefit else ():
        verdict, missing = check_condition(condition, facts, city.facts)
        conditions.append(
            ConditionMatch(
                text=condition.text,
                verdict=verdict,
                clause=next(iter(cite(city, [condition.basis])), None),
                missing=tuple(_missing(city, fact, facts) for fact in missing),
                data_source=condition.data_source,
                hint=condition.hint,
            )
        )
    return BenefitMatch(
        policy=policy, verdict=verdict_of([c.verdict for c in conditions]), conditions=tuple(conditions)
    )


def _missing(city: City, fact_id: str, facts: Mapping[str, FactValue]) -> MissingFact:
    fact = city.facts.get(fact_id)
    return MissingFact(
        fact=fact_id,
        label=fact.label if fact else fact_id,
        question=fact.question if fact else "",
        asked=facts.get(fact_id) == UNKNOWN,
    )


def _usable(city: City, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {fact: value for fact, value in facts.items() if not problem_of(city, fact, value)}


def _audience(facts: Mapping[str, FactValue]) -> str | None:
    said = facts.get("audience")
    return str(said) if said in list(Audience) else None


def _straddles(wanted: Sequence[Scalar], value: FactValue) -> bool:
    """A range was answered that is only partly inside: the number itself is needed."""
    if not is_range(value) or any(value_matches(w, value) for w in wanted):
        return False
    said = parse_range(str(value))
    return any(parse_range(str(w)).meets(said) if is_range(w) else is_number(w) and float(w) in said for w in wanted)


def _readable(text: str) -> bool:
    try:
        parse_range(text)
    except ValueError:
        return False
    return True

"""Questions must tell situations apart, and conditions must be decided by what is asked."""

import math
from collections.abc import Iterator
from itertools import pairwise

from ..conditions import Range, is_range, parse_range, value_matches
from ..navigation import ONE_BY_ONE, REGION
from ..schema import Bundle, Fact, FactType, Policy, Question, ServiceItem
from ..schema.common import Scalar, When
from ..yaml_reader import Steps
from .context import Context, Finding, Findings, nested

_NEVER_ASKED = {FactType.REGION}


def whens_of(record: ServiceItem | Bundle) -> Iterator[tuple[Steps, When]]:
    for path, part in nested(record):
        when: When = getattr(part, "when", {})
        if when:
            yield (*path, "when"), when


def _range(text: str) -> Range | None:
    try:
        return parse_range(text)
    except ValueError:
        return None


def _asking(context: Context) -> Iterator[tuple[str, str, ServiceItem | Bundle, int, Question, Fact]]:
    for folder, key, record in context.records:
        if isinstance(record, ServiceItem | Bundle):
            for i, question in enumerate(record.questions):
                if question.fact in context.city.facts:
                    yield folder, key, record, i, question, context.city.facts[question.fact]


def option_values(question: Question, fact: Fact) -> list[Scalar]:
    """What the question's options give, as an entry of a condition would say it: values, or ranges."""
    if question.options:
        given = [o.value if o.range is None else o.range for o in question.options]
        return [value for value in given if value is not None]
    return [c.value for c in fact.choices] if fact.type is FactType.CHOICE else [True, False]


def option_format(context: Context) -> Findings:
    for folder, key, _, i, question, fact in _asking(context):
        path: Steps = ("questions", i)
        if fact.type is FactType.QUANTITY and not question.options:
            yield Finding(folder, key, path, f"「{fact.label}」是数量，要在 options 里写分档的 range")
        choices = {c.value for c in fact.choices}
        for o, option in enumerate(question.options):
            where = (*path, "options", o)
            if (option.value is None) == (option.range is None):
                yield Finding(folder, key, where, "每个选项要么写 value，要么写 range")
            elif fact.type is FactType.QUANTITY and (option.range is None or _range(option.range) is None):
                yield Finding(folder, key, where, "数量的选项要写 range，如 <=50 或 >50 <=200")
            elif fact.type is not FactType.QUANTITY and option.range is not None:
                yield Finding(folder, key, where, f"「{fact.label}」不是数量，选项要写 value")
            elif fact.type is FactType.CHOICE and option.value not in choices:
                yield Finding(
                    folder,
                    key,
                    where,
                    f"事实「{fact.id}」没有取值「{option.value}」，可用的是：{'、'.join(sorted(choices))}",
                )
            elif fact.type is FactType.YES_NO and not isinstance(option.value, bool):
                yield Finding(folder, key, where, "是非题的选项只能写 true 或 false")
            if any((option.value, option.range) == (p.value, p.range) for p in question.options[:o]):
                yield Finding(folder, key, where, "这个选项写了两遍")


def question_twice(context: Context) -> Findings:
    for folder, key, record, i, question, _ in _asking(context):
        if any(question.fact == q.fact for q in record.questions[:i]):
            yield Finding(folder, key, ("questions", i), f"「{question.fact}」已经问过了，请删掉一个")


def _probes(ranges: list[Range]) -> list[float]:
    """Numbers that hit every piece the bounds cut the domain [0, ∞) into: each bound, one in between, one beyond."""
    bounds = sorted({0.0, *(b for r in ranges for b in (r.low, r.high) if 0 <= b < math.inf)})
    return sorted({*bounds, *((a + b) / 2 for a, b in pairwise(bounds)), bounds[-1] + 1})


def range_partition(context: Context) -> Findings:
    for folder, key, _, i, question, fact in _asking(context):
        if fact.type is not FactType.QUANTITY:
            continue
        ranges = [r for o in question.options if o.range and (r := _range(o.range))]
        if len(ranges) < len(question.options) or not ranges:
            continue
        for number in _probes(ranges):
            hits = sum(number in r for r in ranges)
            if hits != 1:
                problem = "没有选项可选" if not hits else "同时落在两个选项里"
                yield Finding(
                    folder,
                    key,
                    ("questions", i, "options"),
                    f"「{fact.label}」是 {number:g} 时{problem}，各档要正好接上",
                )
                break


def boundary_aligned(context: Context) -> Findings:
    """A condition on a quantity is either true or false on the whole of each option."""
    for folder, key, record, _, question, fact in _asking(context):
        options = [r for o in question.options if o.range and (r := _range(o.range))]
        if fact.type is not FactType.QUANTITY or not options:
            continue
        for path, when in _conditions(context, record):
            wanted = when.get(fact.id, ())
            ranges = [r for w in wanted if isinstance(w, str) and is_range(w) and (r := _range(w))]
            ranges += [
                Range(float(w), float(w)) for w in wanted if isinstance(w, int | float) and not isinstance(w, bool)
            ]
            for option in options:
                inside = [n for n in _probes([*options, *ranges]) if n in option]
                if len({any(n in r for r in ranges) for n in inside}) > 1:
                    said = "、".join(map(str, wanted))
                    text = f"条件 {said} 把「{fact.label}」的一档从中间切开了，请让条件和选项的分界一致"
                    yield Finding(folder, key, path, text)
                    break


def fact_unasked(context: Context) -> Findings:
    for folder, key, record in context.records:
        if not isinstance(record, ServiceItem | Bundle):
            continue
        asked = {q.fact for q in record.questions}
        if isinstance(record, Bundle):
            asked |= {*record.preset}
            for part in record.items:
                if item := context.city.items.get(part.item):
                    asked |= {q.fact for q in item.questions}
        for path, when in whens_of(record):
            for name in when:
                fact = context.city.facts.get(name)
                if fact and fact.type not in _NEVER_ASKED and name not in asked:
                    yield Finding(
                        folder,
                        key,
                        (*path, name),
                        f"条件用了「{name}」，却没有问题问它：请在 questions 里加上，或去掉条件",
                    )


def unoffered_value(context: Context) -> Findings:
    """A condition on a value that no option of the item's question gives never holds."""
    for folder, key, record, _, question, fact in _asking(context):
        if fact.type is FactType.QUANTITY:
            continue
        offered = option_values(question, fact)
        for path, when in whens_of(record):
            for i, wanted in enumerate(when.get(fact.id, ())):
                if not any(value_matches(wanted, value) for value in offered):
                    yield Finding(
                        folder,
                        key,
                        (*path, fact.id, i),
                        f"条件里的「{wanted}」不在问题「{fact.id}」的选项里，永远不会成立",
                    )


def _conditions(context: Context, record: ServiceItem | Bundle) -> Iterator[tuple[Steps, When]]:
    """Conditions that the record's questions decide; a bundle's also decide those of its items."""
    yield from whens_of(record)
    if isinstance(record, Bundle):
        for i, part in enumerate(record.items):
            if item := context.city.items.get(part.item):
                yield from ((("items", i, "item"), when) for _, when in whens_of(item))


def question_useless(context: Context) -> Findings:
    for folder, key, record, i, _, fact in _asking(context):
        if not any(fact.id in when for _, when in _conditions(context, record)):
            text = f"问了「{fact.label}」，但没有任何条件用到它，请删掉这个问题"
            yield Finding(folder, key, ("questions", i, "fact"), text)


def unused_fact(context: Context) -> Findings:
    used = {REGION, ONE_BY_ONE, "audience"}
    for _, _, record in context.records:
        if isinstance(record, ServiceItem | Bundle):
            used |= {q.fact for q in record.questions} | {f for _, when in whens_of(record) for f in when}
        elif isinstance(record, Policy) and record.benefit:
            used |= {f for c in record.benefit.conditions for when in (c.when, *c.alternatives) for f in when}
    for key, fact in context.city.facts.items():
        if key not in used:
            yield Finding("facts", key, (), f"事实「{fact.label}」没有任何事项用到，请删除或用起来")


def fact_format(context: Context) -> Findings:
    for key, fact in context.city.facts.items():
        values = [c.value for c in fact.choices]
        if fact.type is FactType.CHOICE and len(values) < 2:
            yield Finding("facts", key, (), f"选择型事实「{fact.label}」至少要有两个选项 choices")
        if fact.type is not FactType.CHOICE and values:
            yield Finding("facts", key, ("choices",), f"「{fact.label}」不是选择型，不能有 choices")
        if fact.type is FactType.QUANTITY and not fact.unit:
            yield Finding("facts", key, (), f"数量型事实「{fact.label}」要写单位 unit")
        for i, value in enumerate(values):
            if value in values[:i]:
                yield Finding("facts", key, ("choices", i, "value"), f"取值「{value}」写了两遍")


def synonym_twice(context: Context) -> Findings:
    """A word that stands for two options of a fact cannot be understood."""
    for key, fact in context.city.facts.items():
        owner: dict[str, str] = {}
        groups: list[tuple[Steps, str, tuple[str, ...]]] = [
            (("choices", i, "synonyms"), c.label, (c.label, *c.synonyms)) for i, c in enumerate(fact.choices)
        ]
        if fact.type is FactType.YES_NO:
            groups = [
                (("yes_synonyms",), fact.yes_label, (fact.yes_label, *fact.yes_synonyms)),
                (("no_synonyms",), fact.no_label, (fact.no_label, *fact.no_synonyms)),
            ]
        for path, label, words in groups:
            for word in words:
                if owner.setdefault(word, label) != label:
                    yield Finding(
                        "facts", key, path, f"「{word}」同时是「{owner[word]}」和「{label}」的说法，请只留一处"
                    )

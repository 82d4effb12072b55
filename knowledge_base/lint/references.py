"""Whatever names something else must name something that exists."""

from collections.abc import Collection, Iterator

from ..conditions import is_range, parse_range
from ..schema import Basis, BenefitCondition, Bundle, FactType, Faq, OutcomeKind, Policy, ServiceItem
from ..schema.common import Scalar, When
from ..yaml_reader import Steps
from .context import Context, Finding, Findings, nested

Named = tuple[str, str, Steps, str]


def _missing(names: Iterator[Named], known: Collection[str], what: str) -> Findings:
    for folder, key, path, name in names:
        if name not in known:
            yield Finding(folder, key, path, f"没有这个{what}：「{name}」，请改正写法或先添加它")


def unknown_source(context: Context) -> Findings:
    names = (
        (folder, key, (*path, "source"), part.source)
        for folder, key, record in context.records
        for path, part in nested(record)
        if isinstance(part, Basis)
    )
    return _missing(names, context.city.sources, "依据（sources/）")


def unknown_material(context: Context) -> Findings:
    def names() -> Iterator[Named]:
        for key, item in context.city.items.items():
            for i, use in enumerate(item.materials):
                yield "items", key, ("materials", i, "material"), use.material
            for h, handling in enumerate(item.handling_items):
                for i, use in enumerate(handling.materials):
                    yield "items", key, ("handling_items", h, "materials", i, "material"), use.material

    return _missing(names(), context.city.materials, "材料（materials/）")


def _item_names(context: Context) -> Iterator[Named]:
    for key, item in context.city.items.items():
        for i, name in enumerate(item.next_items):
            yield "items", key, ("next_items", i), name
    for key, bundle in context.city.bundles.items():
        for i, part in enumerate(bundle.items):
            yield "bundles", key, ("items", i, "item"), part.item
    for folder, record_key, record in context.records:
        if isinstance(record, Faq | Policy):
            for i, name in enumerate(record.items):
                yield folder, record_key, ("items", i), name


def unknown_item(context: Context) -> Findings:
    return _missing(_item_names(context), context.city.items, "事项（items/）")


def outcome_target(context: Context) -> Findings:
    known = {*context.city.items, *context.city.bundles}
    for key, item in context.city.items.items():
        for i, outcome in enumerate(item.outcomes):
            path = ("outcomes", i, "target")
            if outcome.kind is OutcomeKind.OTHER_ITEM and not outcome.target:
                yield Finding("items", key, ("outcomes", i), "other_item 要用 target 写明该办哪个事项")
            elif outcome.target and outcome.target not in known:
                yield Finding("items", key, path, f"没有这个事项：「{outcome.target}」，请改正 target")
            elif outcome.target == key:
                yield Finding("items", key, path, "target 指向了自己，请写另一个事项")


def self_link(context: Context) -> Findings:
    for folder, key, path, name in _item_names(context):
        if folder == "items" and name == key:
            yield Finding(folder, key, path, "next_items 里是它自己，请删掉")


def unknown_department(context: Context) -> Findings:
    def names() -> Iterator[Named]:
        for key, item in context.city.items.items():
            yield "items", key, ("department",), item.department
            for i, name in enumerate(item.joint_departments):
                yield "items", key, ("joint_departments", i), name
            for region, implementation in item.implementations.items():
                if implementation.department:
                    yield "items", key, ("implementations", region, "department"), implementation.department

    return _missing(names(), {d.id for d in context.city.info.departments}, "部门（city.yaml departments）")


def unknown_topic(context: Context) -> Findings:
    names = (
        (folder, key, ("topics", i), name)
        for folder, key, record in context.records
        if isinstance(record, ServiceItem | Faq | Policy)
        for i, name in enumerate(record.topics)
    )
    return _missing(names, {t.id for t in context.city.info.topics}, "主题（city.yaml topics）")


def unknown_life_event(context: Context) -> Findings:
    names = (
        (folder, key, ("life_events", i), name)
        for folder, key, record in context.records
        if isinstance(record, ServiceItem | Bundle)
        for i, name in enumerate(record.life_events)
    )
    return _missing(names, {e.id for e in context.city.info.life_events}, "人生事件（city.yaml life_events）")


def unknown_place_kind(context: Context) -> Findings:
    def names() -> Iterator[Named]:
        for key, item in context.city.items.items():
            yield "items", key, ("handled_at",), item.handled_at
        for key, place in context.city.places.items():
            yield "places", key, ("kind",), place.kind

    return _missing(names(), {k.id for k in context.city.info.place_kinds}, "地点类别（city.yaml place_kinds）")


def unknown_region(context: Context) -> Findings:
    def names() -> Iterator[Named]:
        for key, item in context.city.items.items():
            for region in item.implementations:
                yield "items", key, ("implementations", region), region
        for key, place in context.city.places.items():
            yield "places", key, ("region",), place.region
        for i, entry in enumerate(context.city.info.regions):
            if entry.parent:
                yield "", "", ("regions", i, "parent"), entry.parent
        for i, department in enumerate(context.city.info.departments):
            for region in department.regions:
                yield "", "", ("departments", i, "regions", region), region

    return _missing(names(), context.city.regions, "区划（city.yaml regions）")


def unknown_place(context: Context) -> Findings:
    names = (
        ("items", key, ("implementations", region, "places", i), name)
        for key, item in context.city.items.items()
        for region, implementation in item.implementations.items()
        for i, name in enumerate(implementation.places)
    )
    return _missing(names, context.city.places, "地点（places/）")


def _whens(context: Context) -> Iterator[tuple[str, str, Steps, When]]:
    """Conditions on facts; a rehearsal's are on its fields."""
    for folder, key, record in context.records:
        if folder == "rehearsals":
            continue
        for path, part in nested(record):
            when: When = getattr(part, "when", {})
            if when:
                yield folder, key, (*path, "when"), when
            if isinstance(part, BenefitCondition):
                for i, other in enumerate(part.alternatives):
                    yield folder, key, (*path, "alternatives", i), other


def unknown_fact(context: Context) -> Findings:
    def names() -> Iterator[Named]:
        for folder, key, path, when in _whens(context):
            for fact in when:
                yield folder, key, (*path, fact), fact
        for folder, key, record in context.records:
            if isinstance(record, ServiceItem | Bundle):
                for i, question in enumerate(record.questions):
                    yield folder, key, ("questions", i, "fact"), question.fact
        for key, bundle in context.city.bundles.items():
            for fact in bundle.preset:
                yield "bundles", key, ("preset", fact), fact
            for i, part in enumerate(bundle.items):
                for fact in part.preset:
                    yield "bundles", key, ("items", i, "preset", fact), fact

    return _missing(names(), context.city.facts, "事实（facts/）")


def _fits(context: Context, fact: str, value: Scalar, ranges: bool) -> str:
    """Why a value cannot be one of the fact's; "" when it can. `ranges`: a condition may name a range."""
    known = context.city.facts.get(fact)
    if known is None:
        return ""
    match known.type:
        case FactType.CHOICE:
            choices = [c.value for c in known.choices]
            return "" if value in choices else f"事实「{fact}」没有取值「{value}」，可用的是：{'、'.join(choices)}"
        case FactType.YES_NO:
            return (
                ""
                if isinstance(value, bool)
                else f"事实「{fact}」是是非题，取值只能写 true 或 false，不能写「{value}」"
            )
        case FactType.QUANTITY:
            if isinstance(value, bool):
                return f"事实「{fact}」是数量，不能写 true 或 false"
            if isinstance(value, int | float):
                return ""
            return (
                _range_error(fact, value)
                if ranges and is_range(value)
                else f"事实「{fact}」是数量，「{value}」既不是数也不是区间"
            )
        case FactType.REGION:
            return "" if value in context.city.regions else f"事实「{fact}」是区划，没有区划「{value}」"
        case FactType.DATE:
            return "" if isinstance(value, str) else f"事实「{fact}」是日期，应写成 2024-01-31 这样的文字"


def _range_error(fact: str, text: str) -> str:
    try:
        parse_range(text).representative()
    except ValueError:
        return f"事实「{fact}」的区间「{text}」不成立，应写成 <=50 或 >50 <=200"
    return ""


def unknown_value(context: Context) -> Findings:
    for folder, key, path, when in _whens(context):
        for fact, wanted in when.items():
            for i, value in enumerate(wanted):
                if reason := _fits(context, fact, value, ranges=True):
                    yield Finding(folder, key, (*path, fact, i), reason)
    for key, bundle in context.city.bundles.items():
        presets: list[tuple[Steps, str, Scalar]] = [(("preset", f), f, v) for f, v in bundle.preset.items()]
        for i, part in enumerate(bundle.items):
            presets += [(("items", i, "preset", f), f, v) for f, v in part.preset.items()]
        for preset_path, fact, value in presets:
            if reason := _fits(context, fact, value, ranges=False):
                yield Finding("bundles", key, preset_path, reason)

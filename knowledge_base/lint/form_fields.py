"""Fields of rehearsals: told apart, explained, checkable, reachable, with examples that pass."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..conditions import Range, is_range, parse_range
from ..field_values import Typed, TypedFile, field_rules
from ..rehearsing import field_error, options_of
from ..schema import FactType, FieldKind, FormField, Rehearsal, Screen
from ..schema.common import Scalar, When
from ..yaml_reader import Steps
from .context import Context, Finding, Findings
from .rehearsals import FOLDER, materials_of, with_item
from .similarity import bare

_CHOSEN = (FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.REGION, FieldKind.CONFIRMATION)
_DECIDING = (FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.REGION, FieldKind.NUMBER)
_WORDS = (FieldKind.TEXT, FieldKind.LONG_TEXT)
_FITTING: dict[str, tuple[FieldKind, ...]] = {
    "length": _WORDS,
    "range": (FieldKind.NUMBER,),
    "age": (FieldKind.ID_NUMBER, FieldKind.DATE),
    "not_future": (FieldKind.DATE,),
    "not_past": (FieldKind.DATE,),
    "after": (FieldKind.DATE,),
    "written_as": _WORDS,
    "file": (FieldKind.FILE,),
}
_FACT_KIND = {
    FactType.CHOICE: FieldKind.CHOICE,
    FactType.QUANTITY: FieldKind.NUMBER,
    FactType.DATE: FieldKind.DATE,
    FactType.REGION: FieldKind.REGION,
    FactType.YES_NO: FieldKind.YES_NO,
}
_EMPTY_WORDS = re.compile("请|如实|正确|准确|认真|填写|输入|选择|上传|勾选|这里|此处|您的|本人的?|一下|相应的?|即可")
_SAMPLE_SIZE = 500_000


@dataclass(frozen=True)
class Placed:
    """A field with its rehearsal and the way there; `earlier` are the fields before it."""

    key: str
    rehearsal: Rehearsal
    screen: Screen
    path: Steps
    field: FormField
    earlier: Mapping[str, tuple[Screen, FormField]]

    def finding(self, message: str, *more: str | int) -> Finding:
        return Finding(FOLDER, self.key, (*self.path, *more), message)


def placed(context: Context) -> Iterator[Placed]:
    for key, rehearsal in context.city.rehearsals.items():
        earlier: dict[str, tuple[Screen, FormField]] = {}
        for s, screen in enumerate(rehearsal.screens):
            for f, field in enumerate(screen.fields):
                yield Placed(key, rehearsal, screen, ("screens", s, "fields", f), field, dict(earlier))
                earlier.setdefault(field.id, (screen, field))


def told_apart(context: Context) -> Findings:
    for p in placed(context):
        if p.field.id in p.earlier:
            yield p.finding(f"字段「{p.field.id}」前面已经有了，请换一个 id", "id")
    for key, rehearsal in context.city.rehearsals.items():
        ids = [s.id for s in rehearsal.screens]
        for s, id_ in enumerate(ids):
            if id_ in ids[:s]:
                yield Finding(FOLDER, key, ("screens", s, "id"), f"屏「{id_}」前面已经有了，请换一个 id")


def hint_says_more(context: Context) -> Findings:
    """A hint that only says 「请填写姓名」 helps nobody."""
    for p in placed(context):
        said = _EMPTY_WORDS.sub("", bare(p.field.hint))
        for word in (bare(p.field.label), *re.findall("..", bare(p.field.label))):
            said = said.replace(word, "")
        if len(said) < context.limits.hint_shortest:
            yield p.finding(f"「{p.field.label}」的提示没有比名称多说什么，请写清怎么填、从哪里看", "hint")


def file_material(context: Context) -> Findings:
    """A file that is handed in is a material of the item; a paper that a value is copied from is in the catalogue."""
    for key, rehearsal, item in with_item(context):
        asked = {m.material for m in materials_of(rehearsal, item)}
        for p in (p for p in placed(context) if p.key == key):
            name = p.field.material
            if p.field.kind is FieldKind.FILE and name not in asked:
                at = ("material",) if name else ()
                yield p.finding(f"要上传的「{p.field.label}」不是「{item.name}」的申请材料，请写 material", *at)
            elif name and name not in context.city.materials:
                yield p.finding(f"没有这个材料（materials/）：「{name}」，请改正", "material")


def options_complete(context: Context) -> Findings:
    for p in placed(context):
        given = [o.value for o in p.field.options]
        if p.field.kind is not FieldKind.CHOICE:
            if given:
                yield p.finding("只有 choice 才写 options", "options")
        elif len(options_of(context.city, p.field)) < 2:
            yield p.finding(f"「{p.field.label}」至少要有两个选项", "label")
        elif len(set(given)) < len(given):
            yield p.finding(f"「{p.field.label}」的选项有重复的 value", "options")


def fact_fits(context: Context) -> Findings:
    """A field with the id of a fact asks that fact, so it takes the fact's values and no others."""
    for p in placed(context):
        fact = context.city.facts.get(p.field.id)
        if fact is None:
            continue
        if _FACT_KIND[fact.type] is not p.field.kind:
            yield p.finding(
                f"「{p.field.id}」是事实「{fact.label}」，kind 应是 {_FACT_KIND[fact.type]}，或换一个 id", "kind"
            )
        unknown = [o.value for o in p.field.options if o.value not in {c.value for c in fact.choices}]
        if unknown:
            yield p.finding(f"事实「{fact.label}」没有取值 {'、'.join(unknown)}，请改正或换一个 id", "options")


def checks_fit(context: Context) -> Findings:
    for p in placed(context):
        for i, check in enumerate(p.field.checks):
            if reason := _unfit(p, check.check, check.field, check.pattern, check.range):
                yield p.finding(reason, "checks", i)
        if p.field.kind is FieldKind.FILE and not p.field.checks:
            yield p.finding("上传的文件要写检查 file：types 和 megabytes", "kind")


def _unfit(p: Placed, name: str, other: str, pattern: str, range_: str) -> str:
    if p.field.kind not in _FITTING.get(name, tuple(k for k in FieldKind if k not in (*_CHOSEN, FieldKind.FILE))):
        return f"检查「{name}」不能用在 {p.field.kind} 上"
    if other and (other not in p.earlier or p.earlier[other][1].kind is not p.field.kind):
        return f"前面没有同样是 {p.field.kind} 的字段「{other}」，请改正"
    if pattern and pattern not in field_rules().patterns:
        return f"没有叫「{pattern}」的写法（field_checks.yaml），可用的是：{'、'.join(field_rules().patterns)}"
    try:
        parse_range(range_ or "=0")
    except ValueError as error:
        return str(error)
    return ""


def example_passes(context: Context) -> Findings:
    """Whoever types the example is told nothing wrong."""
    for p in placed(context):
        if p.field.kind in _CHOSEN:
            if p.field.example:
                yield p.finding("选的和勾的不写 example", "example")
        elif not p.field.example:
            yield p.finding(f"「{p.field.label}」要有一个示例", "label")
        elif any(_unfit(p, c.check, c.field, c.pattern, c.range) for c in p.field.checks):
            continue
        elif error := field_error(context.city, p.field, _examples(p), {}, context.today):
            yield p.finding(f"示例「{p.field.example}」过不了自己的检查：{error.message}", "example")


def _examples(p: Placed) -> dict[str, Typed]:
    """The field's example beside those of the fields before it."""
    fields = [*(f for _, f in p.earlier.values()), p.field]
    return {
        f.id: TypedFile(name=f.example, size=_SAMPLE_SIZE) if f.kind is FieldKind.FILE else f.example
        for f in fields
        if f.example
    }


def example_fictitious(context: Context) -> Findings:
    rules = field_rules()
    for p in placed(context):
        named = [rules.patterns[c.pattern].fictitious for c in p.field.checks if c.pattern in rules.patterns]
        wanted = [*named, *([rules.fictitious[p.field.kind]] if p.field.kind in rules.fictitious else [])]
        if p.field.example and not all(re.fullmatch(w, p.field.example) for w in wanted):
            text = f"示例「{p.field.example}」可能是真的，请换成一看就是假的（见 field_checks.yaml 的 fictitious）"
            yield p.finding(text, "example")


def condition_known(context: Context) -> Findings:
    """`when` names a field before it that can decide, and values that it can have."""
    for p, path, when in _whens(context):
        for name, wanted in when.items():
            if name not in p.earlier or p.earlier[name][1].kind not in _DECIDING:
                text = f"条件里的「{name}」不是前面的选择、是否、地区或数字字段，请改正"
                yield Finding(FOLDER, p.key, (*path, name), text)
                continue
            field = p.earlier[name][1]
            for i, value in enumerate(wanted):
                if not _possible(context, field, value):
                    yield Finding(FOLDER, p.key, (*path, name, i), f"「{field.label}」不会有取值「{value}」，请改正")


def _whens(context: Context) -> Iterator[tuple[Placed, Steps, When]]:
    """Conditions of screens (with the fields of earlier screens) and of fields."""
    for p in placed(context):
        if p.path[-1] == 0 and p.screen.when:
            yield p, (*p.path[:2], "when"), p.screen.when
        if p.field.when:
            yield p, (*p.path, "when"), p.field.when


def _possible(context: Context, field: FormField, value: Scalar) -> bool:
    if field.kind is FieldKind.YES_NO:
        return isinstance(value, bool)
    if field.kind is not FieldKind.NUMBER:
        return value in options_of(context.city, field)
    try:
        wanted = _range(value)
    except ValueError:
        return False
    return all(wanted.meets(parse_range(c.range)) for c in field.checks if c.check == "range")


def _range(value: Scalar) -> Range:
    return parse_range(value if isinstance(value, str) and is_range(value) else f"={value}")


def reachable(context: Context) -> Findings:
    """What the conditions on the way to a field ask for together can be answered."""
    for p in placed(context):
        wanted: dict[str, list[Scalar]] = {}
        if not _joined(p.screen.when, p, wanted) or not _joined(p.field.when, p, wanted):
            yield p.finding(
                f"「{p.field.label}」永远不会出现：它的条件和前面的条件互相矛盾", "when" if p.field.when else "id"
            )


def _joined(when: When, p: Placed, wanted: dict[str, list[Scalar]]) -> bool:
    """Adds a condition and those of the fields it names to `wanted`; False when nothing is left for a field."""
    for name, values in when.items():
        if name not in p.earlier:
            continue
        before = wanted.get(name)
        wanted[name] = [v for v in values if before is None or any(_meet(v, b) for b in before)]
        if not wanted[name]:
            return False
        screen, field = p.earlier[name]
        if before is None and not (_joined(screen.when, p, wanted) and _joined(field.when, p, wanted)):
            return False
    return True


def _meet(one: Scalar, other: Scalar) -> bool:
    if is_range(one) or is_range(other):
        return _range(one).meets(_range(other))
    return one == other

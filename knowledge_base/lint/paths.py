"""What only the enumeration of all situations shows: dead ends, doubts, and parts that never come up."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ..navigation.tree import positions
from ..schema import ServiceItem
from ..yaml_reader import Steps
from .context import Context, Finding, Findings
from .situations import Situation, plan_of, situations, too_many


def combinations_bounded(context: Context) -> Findings:
    for folder, table in (("items", context.city.items), ("bundles", context.city.bundles)):
        for key in table:
            if reason := too_many(context, key):
                yield Finding(folder, key, ("questions",), f"{reason}，请减少问题或合并选项")


def handling_none(context: Context) -> Findings:
    for key in context.city.items:
        dead = [s for s in situations(context, key) if s.resolution.special is None and not s.fitting]
        if dead:
            text = (
                f"有 {len(dead)} 种情形没有办理项可办，例如「{dead[0].answers}」；请补上办理项的 when 或写一个 outcomes"
            )
            yield Finding("items", key, ("handling_items",), text)


def handling_two(context: Context) -> Findings:
    for key in context.city.items:
        seen: set[tuple[str, ...]] = set()
        for s in situations(context, key):
            ids = tuple(h.id for h in s.fitting)
            if s.resolution.special is None and len(ids) > 1 and ids not in seen:
                seen.add(ids)
                item = context.city.items[key]
                at = next(i for i, h in enumerate(item.handling_items) if h.id == ids[1])
                text = f"情形「{s.answers}」同时符合 {'、'.join(ids)}，只能有一个；请把 when 写得互不重叠"
                yield Finding("items", key, ("handling_items", at), text)


def handling_never(context: Context) -> Findings:
    for key, item in context.city.items.items():
        found = situations(context, key)
        reached = {s.handling.id for s in found if s.handling}
        for i, handling in enumerate(item.handling_items):
            if found and handling.id not in reached:
                text = f"办理项「{handling.name}」在任何情形下都办不到（可能被 outcomes 抢先），请改 when 或删掉"
                yield Finding("items", key, ("handling_items", i), text)


def outcome_never(context: Context) -> Findings:
    for key, item in context.city.items.items():
        found = situations(context, key)
        reached = {id(s.resolution.special) for s in found}
        for i, outcome in enumerate(item.outcomes):
            if found and id(outcome) not in reached:
                text = f"结局「{outcome.text}」在任何情形下都到不了，请改 when 或删掉"
                yield Finding("items", key, ("outcomes", i), text)


def _parts(item: ServiceItem, names: tuple[str, ...]) -> Iterator[tuple[Steps, object]]:
    for name in names:
        yield from (((name, i), part) for i, part in enumerate(getattr(item, name)))
        for h, handling in enumerate(item.handling_items):
            yield from ((("handling_items", h, name, i), part) for i, part in enumerate(getattr(handling, name)))


def _reached(found: tuple[Situation, ...]) -> set[int]:
    reached: set[int] = set()
    for s in found:
        r = s.resolution
        single = (r.statutory, r.promised, r.visits)
        reached |= {id(p) for group in (r.materials, r.conditions, r.steps, r.fee_lines, single) for p in group}
    return reached


def material_never(context: Context) -> Findings:
    for key, item in context.city.items.items():
        found = situations(context, key)
        reached = _reached(found)
        for path, use in _parts(item, ("materials",)):
            if found and id(use) not in reached:
                name = getattr(use, "material", "")
                yield Finding("items", key, path, f"材料「{name}」在任何情形下都用不到，请改 when 或删掉")


def part_never(context: Context) -> Findings:
    """Conditions, steps, limits, visits and fee lines; a second one that the first always hides counts too."""
    for key, item in context.city.items.items():
        found = situations(context, key)
        reached = _reached(found)
        parts = list(_parts(item, ("conditions", "steps", "limits", "visits")))
        for at, details in (((), item), *((("handling_items", i), h) for i, h in enumerate(item.handling_items))):
            if details.fee:
                parts += [((*at, "fee", "lines", i), line) for i, line in enumerate(details.fee.lines)]
        for path, part in parts:
            if found and id(part) not in reached:
                yield Finding(
                    "items", key, path, "这一条在任何情形下都用不到（when 不成立，或被前面一条盖住），请改正或删掉"
                )


def question_idle(context: Context) -> Findings:
    """A question of an item whose answer never changes the outcome, whatever else is answered."""
    for folder, table in (("items", context.city.items), ("bundles", context.city.bundles)):
        for key, target in table.items():
            plan = plan_of(context, key)
            if plan is None:
                continue
            for i, question in enumerate(target.questions):
                axis = plan.axis(question.fact)
                cells = None if axis is None else np.moveaxis(plan.tree.table, axis, 0)
                if cells is not None and bool((cells == cells[:1]).all()):
                    text = f"「{question.fact}」怎么回答结果都一样，永远不会问到，请删掉或补上条件"
                    yield Finding(folder, key, ("questions", i), text)


def options_alike(context: Context) -> Findings:
    """Two options of an item's question with the same outcome whatever else is answered."""
    for key, item in context.city.items.items():
        plan = plan_of(context, key)
        for i, question in enumerate(item.questions if plan else ()):
            axis = plan.axis(question.fact) if plan else None
            if plan is None or axis is None:
                continue
            cells = np.moveaxis(plan.tree.table, axis, 0).reshape(plan.tree.table.shape[axis], -1)
            alike: dict[bytes, list[str]] = defaultdict(list)
            for choice, row in zip(plan.asked[axis].choices, cells, strict=True):
                alike[row.tobytes()].append(choice.label)
            if len(alike) > 1:
                for labels in alike.values():
                    if len(labels) > 1:
                        text = f"「{question.fact}」的选项「{'」「'.join(labels)}」结果完全一样，请合并或写出区别"
                        yield Finding("items", key, ("questions", i), text)


def bundle_asks_much(context: Context) -> Findings:
    for key in context.city.bundles:
        plan = plan_of(context, key)
        if plan is None:
            continue
        expected = plan.tree.best(plan.tree.start).questions
        if expected > context.limits.bundle_questions:
            most = context.limits.bundle_questions
            text = f"平均要问 {expected:.1f} 个问题，超过 {most:g} 个；请用 preset 定下主题里已知的"
            yield Finding("bundles", key, ("preset",), text)


def bundle_item_idle(context: Context) -> Findings:
    """An item that the bundle's presets always send elsewhere, or never need."""
    for key, bundle in context.city.bundles.items():
        plan = plan_of(context, key)
        handled: set[str] = set()
        for part in plan.parts if plan else ():
            asked = [a for a in plan.asked if a.fact.id in part.facts()] if plan else []
            for position in positions([len(a.choices) for a in asked]):
                facts = {a.fact.id: a.choices[p].sample for a, p in zip(asked, position, strict=True)}
                resolution = part.resolution(facts)
                if resolution and resolution.handling:
                    handled.add(part.item.id)
                    break
        for i, entry in enumerate(bundle.items):
            if plan and entry.item not in handled:
                text = f"事项「{entry.item}」在这件事里没有一种情形真的要办，请核对 preset 和 when，或从这件事里去掉"
                yield Finding("bundles", key, ("items", i), text)

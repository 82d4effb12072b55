"""The catalogue of materials, and why each is asked for."""

from collections import defaultdict

from ..schema import MaterialUse
from .context import Context, Finding, Findings, nested
from .similarity import bare, near_pairs


def catch_all(context: Context) -> Findings:
    words = context.limits.catch_all
    for key, material in context.city.materials.items():
        if hit := next((w for w in words if w in material.name), None):
            yield Finding("materials", key, ("name",), f"「{hit}」这样的兜底材料谁也备不齐，请逐一写出是哪几样材料")


def unused_material(context: Context) -> Findings:
    used = {
        part.material
        for item in context.city.items.values()
        for _, part in nested(item)
        if isinstance(part, MaterialUse)
    }
    for key, material in context.city.materials.items():
        if key not in used:
            yield Finding("materials", key, (), f"材料「{material.name}」没有任何事项使用，请删除或补到事项里")


def reason_repeated(context: Context) -> Findings:
    """The same words for a material in many items explain nothing."""
    places = defaultdict(list)
    for key, item in context.city.items.items():
        for path, part in nested(item):
            if isinstance(part, MaterialUse):
                places[bare(part.reason)].append((key, path, part.reason))
    for found in places.values():
        items = {key for key, _, _ in found}
        if len(items) >= context.limits.reason_repeated:
            for key, path, reason in found:
                yield Finding(
                    "items",
                    key,
                    (*path, "reason"),
                    f"「{reason}」在 {len(items)} 个事项里一字不差，请写这件事里为什么要它",
                )


def reason_near(context: Context) -> Findings:
    """Reasons of different items that are almost the same sentence."""
    found = [
        (key, (*path, "reason"), part.reason)
        for key, item in context.city.items.items()
        for path, part in nested(item)
        if isinstance(part, MaterialUse) and len(bare(part.reason)) >= context.limits.reason_shortest
    ]
    for first, second, score in near_pairs([bare(reason) for _, _, reason in found], context.limits.reason_near):
        key, path, reason = found[second]
        other, _, like = found[first]
        if key != other:
            yield Finding(
                "items", key, path, f"「{reason}」和 {other} 的「{like}」几乎一样（{score:.2f}），请写出这件事的不同"
            )


def submission_copies(context: Context) -> Findings:
    for key, item in context.city.items.items():
        for path, part in nested(item):
            if not isinstance(part, MaterialUse):
                continue
            if part.submission == "exempt" and (part.originals or part.copies):
                yield Finding("items", key, path, "免提交的材料不用带，originals 和 copies 都写 0")
            elif part.submission == "required" and not part.originals and not part.copies and part.form != "electronic":
                yield Finding("items", key, path, "要交的材料，原件和复印件不能都是 0 份")


def material_twice(context: Context) -> Findings:
    for key, item in context.city.items.items():
        for handling in (None, *range(len(item.handling_items))):
            uses = item.materials if handling is None else item.handling_items[handling].materials
            for i, use in enumerate(uses):
                if any(use.material == u.material and use.when == u.when for u in uses[:i]):
                    path = ("materials", i) if handling is None else ("handling_items", handling, "materials", i)
                    yield Finding("items", key, path, f"材料「{use.material}」在同一情形里写了两遍，请删掉一条")

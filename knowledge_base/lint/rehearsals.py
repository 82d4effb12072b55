"""Rehearsals as a whole: whose they are, where they lead, how they differ, and whose data could stand in them."""

import re
from collections.abc import Iterator

from ..field_values import field_rules
from ..rehearsing import rehearsals_of
from ..schema import FieldKind, HandlingItem, MaterialUse, Rehearsal, ServiceItem
from ..yaml_reader import Steps
from .context import Context, Finding, Findings
from .similarity import bare, near_pairs
from .texts import texts_of

FOLDER = "rehearsals"
_BOOKED = ("consult", "submit", "full")
_APPLIED = ("submit", "full")


def handlings_of(rehearsal: Rehearsal, item: ServiceItem) -> tuple[HandlingItem, ...]:
    """The handling items that the rehearsal is of."""
    return tuple(h for h in item.handling_items if not rehearsal.handling_items or h.id in rehearsal.handling_items)


def materials_of(rehearsal: Rehearsal, item: ServiceItem) -> tuple[MaterialUse, ...]:
    return (*item.materials, *(m for h in handlings_of(rehearsal, item) for m in h.materials))


def with_item(context: Context) -> Iterator[tuple[str, Rehearsal, ServiceItem]]:
    """Rehearsals whose item is known; the others are told by `item_exists`."""
    for key, rehearsal in context.city.rehearsals.items():
        if (item := context.city.items.get(rehearsal.item)) is not None:
            yield key, rehearsal, item


def item_exists(context: Context) -> Findings:
    for key, rehearsal in context.city.rehearsals.items():
        item = context.city.items.get(rehearsal.item)
        if item is None:
            yield Finding(FOLDER, key, ("item",), f"没有这个事项：「{rehearsal.item}」，请改正")
            continue
        known = {h.id for h in item.handling_items}
        for i, name in enumerate(rehearsal.handling_items):
            if name not in known:
                yield Finding(FOLDER, key, ("handling_items", i), f"「{item.name}」没有办理项「{name}」，请改正")


def offered_online(context: Context) -> Findings:
    """The item can be applied for (or booked) in that channel."""
    channels = {c.id: c.name for c in context.city.info.channels}
    for key, rehearsal, item in with_item(context):
        name = channels.get(rehearsal.channel)
        if name is None:
            yield Finding(FOLDER, key, ("channel",), f"city.yaml 的 channels 里没有「{rehearsal.channel}」")
            continue
        for part in handlings_of(rehearsal, item):
            online = part.online or item.online
            depths = _BOOKED if rehearsal.aim == "book" else _APPLIED
            if online is None or online.depth not in depths or name not in online.where:
                text = f"指南里「{part.name}」没有写能在{name}{'预约' if rehearsal.aim == 'book' else '申请'}，请核对"
                yield Finding(FOLDER, key, ("channel",), text)
                break


def one_for_each(context: Context) -> Findings:
    """A guide leads to one rehearsal: two for the same handling item would hide each other."""
    for key, rehearsal, item in with_item(context):
        for part in handlings_of(rehearsal, item):
            first = rehearsals_of(context.city, item.id, part.id)[0]
            if first.id != key:
                yield Finding(
                    FOLDER, key, ("item",), f"「{part.name}」已经有演练「{first.name}」，请合并或写明 handling_items"
                )
                break


def screens_few(context: Context) -> Findings:
    low, high = context.limits.rehearsal_screens
    for key, rehearsal in context.city.rehearsals.items():
        if not low <= len(rehearsal.screens) <= high:
            yield Finding(FOLDER, key, ("screens",), f"有 {len(rehearsal.screens)} 屏，应在 {low} 到 {high} 屏之间")


def mistakes_few(context: Context) -> Findings:
    wanted = context.limits.rehearsal_mistakes
    for key, rehearsal in context.city.rehearsals.items():
        number = sum(len(s.mistakes) for s in rehearsal.screens)
        if number < wanted:
            yield Finding(FOLDER, key, ("screens",), f"只写了 {number} 个常见错误，至少要 {wanted} 个")


def materials_used(context: Context) -> Findings:
    """What the guide always requires is handed in or copied from somewhere; an application form is what the screens are."""
    for key, rehearsal, item in with_item(context):
        used = {f.material for s in rehearsal.screens for f in s.fields}
        required = [m for m in materials_of(rehearsal, item) if m.submission == "required" and not m.when]
        papers = context.city.materials
        for name in dict.fromkeys(m.material for m in required if m.material not in used):
            if name in papers and papers[name].kind != "form":
                text = f"指南要的「{papers[name].name}」在演练里没有用到，请加上传它或照它填的字段"
                yield Finding(FOLDER, key, ("screens",), text)


def own_text(rehearsal: Rehearsal, item: ServiceItem | None) -> str:
    """What a rehearsal says in its own words, its names taken out."""
    parts = [rehearsal.summary, rehearsal.entry, *rehearsal.before, *rehearsal.after]
    for screen in rehearsal.screens:
        parts += [screen.title, screen.purpose, *(f"{f.label}{f.hint}{f.where}" for f in screen.fields)]
        parts += [f"{m.wrong}{m.consequence}{m.right}" for m in screen.mistakes]
    text = "。".join(parts)
    for name in sorted((rehearsal.name, *((item.name, *item.aliases) if item else ())), key=len, reverse=True):
        text = text.replace(name, "")
    return bare(text)


def similarities(context: Context, threshold: float) -> list[tuple[str, str, float]]:
    """Pairs of rehearsals (ids) whose own text is alike, with the similarity."""
    city = context.city
    keys = list(city.rehearsals)
    texts = [own_text(r, city.items.get(r.item)) for r in city.rehearsals.values()]
    return [(keys[a], keys[b], score) for a, b, score in near_pairs(texts, threshold)]


def clone(context: Context) -> Findings:
    for first, second, score in similarities(context, context.limits.rehearsal_clone):
        text = f"和 {first} 的内容太像（{score:.2f}），像是换了名字的同一份，请按这件事重写"
        yield Finding(FOLDER, second, ("name",), text)


def mistake_twice(context: Context) -> Findings:
    """Two mistakes told in nearly the same words are one, copied."""
    entries = [
        (key, ("screens", s, "mistakes", m), f"{mistake.wrong}{mistake.consequence}{mistake.right}")
        for key, rehearsal in context.city.rehearsals.items()
        for s, screen in enumerate(rehearsal.screens)
        for m, mistake in enumerate(screen.mistakes)
    ]
    for a, b, score in near_pairs([bare(text) for _, _, text in entries], context.limits.mistake_near):
        key, path, _ = entries[b]
        yield Finding(FOLDER, key, path, f"和 {entries[a][0]} 的常见错误太像（{score:.2f}），请写这件事自己的")


def numbers_fictitious(context: Context) -> Findings:
    """An identity or phone number in any text must be one that nobody can have."""
    rules = field_rules()
    for key, rehearsal in context.city.rehearsals.items():
        for path, text in texts_of(rehearsal):
            if number := _real_number(rules.numbers_in_text, rules.fictitious, text):
                yield Finding(
                    FOLDER, key, path, f"「{number}」像真人的号码，请换成一看就是假的（见 field_checks.yaml）"
                )


def _real_number(patterns: dict[FieldKind, str], fictitious: dict[FieldKind, str], text: str) -> str:
    for kind, pattern in patterns.items():
        for found in re.findall(pattern, text):
            if not re.fullmatch(fictitious[kind], found):
                return str(found)
    return ""


def mistake_field(context: Context) -> Findings:
    for key, rehearsal in context.city.rehearsals.items():
        for s, screen in enumerate(rehearsal.screens):
            here = {f.id for f in screen.fields}
            for m, mistake in enumerate(screen.mistakes):
                if mistake.field and mistake.field not in here:
                    path: Steps = ("screens", s, "mistakes", m, "field")
                    yield Finding(FOLDER, key, path, f"这一屏没有字段「{mistake.field}」，请改正")

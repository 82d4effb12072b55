"""Clones and unfinished text."""

from ..schema import Record, ServiceItem
from ..yaml_reader import Steps
from .context import Context, Finding, Findings, nested, remembered
from .similarity import bare, near_pairs


@remembered
def own_text(item: ServiceItem) -> str:
    """What a guide says in its own words, its names taken out, so that a clone with names swapped is seen as one."""
    parts = [item.summary, *item.notes, *(outcome.text for outcome in item.outcomes)]
    for details in (item, *item.handling_items):
        parts += (
            [c.text for c in details.conditions]
            + [m.reason for m in details.materials]
            + [f"{s.name}{s.text}" for s in details.steps]
        )
        parts += [v.reason for v in details.visits] + [*details.notes]
    text = "。".join(parts)
    for name in sorted((item.name, *item.aliases, *(h.name for h in item.handling_items)), key=len, reverse=True):
        text = text.replace(name, "")
    return bare(text)


def item_similarities(context: Context, threshold: float) -> list[tuple[str, str, float]]:
    """Pairs of items (ids) whose own text is alike, with the similarity."""
    if threshold not in context.alike:
        keys = list(context.city.items)
        texts = [own_text(context.city.items[key]) for key in keys]
        context.alike[threshold] = [(keys[a], keys[b], score) for a, b, score in near_pairs(texts, threshold)]
    return context.alike[threshold]


def item_clone(context: Context) -> Findings:
    for first, second, score in item_similarities(context, context.limits.item_near):
        if score >= context.limits.item_clone:
            text = f"和 {first} 的内容几乎相同（{score:.2f}），像是换了名字的同一份指南，请按这件事重写"
            yield Finding("items", second, ("name",), text)


def item_near(context: Context) -> Findings:
    for first, second, score in item_similarities(context, context.limits.item_near):
        if score < context.limits.item_clone:
            yield Finding("items", second, ("name",), f"和 {first} 的内容很像（{score:.2f}），请核对有没有照抄")


@remembered
def texts_of(record: Record) -> list[tuple[Steps, str]]:
    found: list[tuple[Steps, str]] = []
    for path, part in nested(record):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if isinstance(value, str):
                found.append(((*path, name), value))
            elif isinstance(value, tuple):
                found += [((*path, name, i), entry) for i, entry in enumerate(value) if isinstance(entry, str)]
    return found


def placeholder(context: Context) -> Findings:
    for folder, key, record in context.records:
        for path, text in texts_of(record):
            if hit := next((w for w in context.limits.placeholders if w in text), None):
                yield Finding(folder, key, path, f"文字里还有没写完的「{hit}」，请写完或删掉")

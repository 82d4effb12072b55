"""A bundle's items, their order, and what its theme settles."""

from ..conditions import value_matches
from ..schema import Bundle, ServiceItem
from .context import Context, Finding, Findings
from .questions import option_values, whens_of


def item_twice(context: Context) -> Findings:
    for key, bundle in context.city.bundles.items():
        names = [part.item for part in bundle.items]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield Finding("bundles", key, ("items", i, "item"), f"事项「{name}」已经在这件事里了，请删掉一个")


def after_outside(context: Context) -> Findings:
    for key, bundle in context.city.bundles.items():
        names = {part.item for part in bundle.items}
        for i, part in enumerate(bundle.items):
            for a, name in enumerate(part.after):
                if name not in names or name == part.item:
                    yield Finding(
                        "bundles", key, ("items", i, "after", a), f"after 里的「{name}」不是这件事里的另一个事项"
                    )


def after_cycle(context: Context) -> Findings:
    for key, bundle in context.city.bundles.items():
        after = {part.item: {a for a in part.after if a != part.item} for part in bundle.items}
        done: set[str] = set()
        while ready := [
            name for name, names in after.items() if name not in done and not (names & after.keys()) - done
        ]:
            done.update(ready)
        stuck = [name for name in after if name not in done]
        if stuck:
            index = next(i for i, part in enumerate(bundle.items) if part.item == stuck[0])
            yield Finding(
                "bundles", key, ("items", index, "after"), f"先后顺序绕成了圈，谁也没法先办：{'、'.join(stuck)}"
            )


def _uses(context: Context, bundle: Bundle, fact: str) -> bool:
    items = [context.city.items[part.item] for part in bundle.items if part.item in context.city.items]
    records: tuple[ServiceItem | Bundle, ...] = (bundle, *items)
    return any(fact in {q.fact for q in r.questions} | {f for _, w in whens_of(r) for f in w} for r in records)


def preset_unused(context: Context) -> Findings:
    for key, bundle in context.city.bundles.items():
        for fact in bundle.preset:
            if fact in context.city.facts and not _uses(context, bundle, fact):
                yield Finding("bundles", key, ("preset", fact), f"preset 里的「{fact}」没有事项用到，请删掉")
        for i, part in enumerate(bundle.items):
            item = context.city.items.get(part.item)
            for fact in part.preset:
                if item and fact not in {q.fact for q in item.questions} | {f for _, w in whens_of(item) for f in w}:
                    yield Finding(
                        "bundles", key, ("items", i, "preset", fact), f"事项「{part.item}」没有用到「{fact}」，请删掉"
                    )


def preset_unoffered(context: Context) -> Findings:
    """What the theme settles must be an answer that each item's own question offers."""
    for key, bundle in context.city.bundles.items():
        for i, part in enumerate(bundle.items):
            item = context.city.items.get(part.item)
            for question in item.questions if item else ():
                fact = context.city.facts.get(question.fact)
                preset = {**bundle.preset, **part.preset}
                if not fact or fact.id not in preset:
                    continue
                value = preset[fact.id]
                if not any(value_matches(option, value) for option in option_values(question, fact)):
                    path = ("items", i, "preset", fact.id) if fact.id in part.preset else ("preset", fact.id)
                    yield Finding("bundles", key, path, f"事项「{part.item}」问「{fact.id}」时没有「{value}」这个答案")


def never_needed(context: Context) -> Findings:
    """An item whose `when` the preset already contradicts."""
    for key, bundle in context.city.bundles.items():
        for i, part in enumerate(bundle.items):
            preset = {**bundle.preset, **part.preset}
            for fact, wanted in part.when.items():
                if fact in preset and not any(value_matches(w, preset[fact]) for w in wanted):
                    yield Finding(
                        "bundles",
                        key,
                        ("items", i, "when"),
                        f"preset 已定「{fact}」为「{preset[fact]}」，这个事项永远用不到",
                    )

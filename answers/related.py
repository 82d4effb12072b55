"""What goes with a record, each with the reason in words for people: the next steps, what others ask for beside it, the
same life event, what is alike."""

from collections.abc import Iterator, Sequence
from itertools import islice

from index import Related
from knowledge_base.city import City, title_of

from .desk import Desk, answering


def related(desk: Desk, record: str, together: Sequence[str] = ()) -> list[Related]:
    """`together`: records that many asked for beside this one, most first. Only what may be shown today."""
    most = answering()["related"]
    found: dict[str, Related] = {}
    for part, limit in (
        (_next(desk.city, record), most["next"]),
        (_named(desk.city, together, "很多人也一起问了"), most["together"]),
        (iter(desk.index.related(record, most["all"])), most["all"]),
    ):
        fresh: dict[str, Related] = {}
        for entry in part:
            if entry.id != record and entry.id not in found and _shown(desk, entry):
                fresh.setdefault(entry.id, entry)
        found |= dict(islice(fresh.items(), limit))
    return list(found.values())[: most["all"]]


def _next(city: City, record: str) -> Iterator[Related]:
    """By the item's own data, then by the order of the bundles it is part of."""
    item = city.items.get(record)
    if item is None:
        return
    yield from _named(city, item.next_items, "办完常接着办")
    for bundle in city.bundles.values():
        if not any(part.item == record for part in bundle.items):
            continue
        yield Related(bundle.id, "bundle", bundle.name, "这件事可以和别的事一起办")
        after = [part.item for part in bundle.items if record in part.after]
        yield from _named(city, after, f"「{bundle.name}」的下一步")


def _named(city: City, records: Sequence[str], why: str) -> Iterator[Related]:
    for record in records:
        if found := city.find(record):
            kind, entity = found
            yield Related(record, kind, title_of(entity), why)


def _shown(desk: Desk, entry: Related) -> bool:
    return desk.city.find(entry.id) is not None and desk.index.suggestible(entry.title)

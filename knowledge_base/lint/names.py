"""Names and aliases by which things are found: one name, one thing."""

from collections import defaultdict
from collections.abc import Iterator

from ..districts import apart
from ..yaml_reader import Steps
from .context import Context, Finding, Findings
from .similarity import bare, near_pairs

_FOLDERS = ("items", "bundles", "materials", "policies", "places", "rehearsals")
Named = tuple[str, str, Steps, str]


def _names(context: Context) -> Iterator[Named]:
    for folder, key, record in context.records:
        if folder in _FOLDERS:
            field = "title" if folder == "policies" else "name"
            yield folder, key, (field,), getattr(record, field)
    for key, item in context.city.items.items():
        if len(item.handling_items) > 1:
            for i, handling in enumerate(item.handling_items):
                yield "items", key, ("handling_items", i, "name"), handling.name


def _aliases(context: Context) -> Iterator[Named]:
    for folder, key, record in context.records:
        for i, alias in enumerate(getattr(record, "aliases", ())):
            yield folder, key, ("aliases", i), alias
    for key, item in context.city.items.items():
        for h, handling in enumerate(item.handling_items):
            for i, alias in enumerate(handling.aliases):
                yield "items", key, ("handling_items", h, "aliases", i), alias


def name_twice(context: Context) -> Findings:
    """Two records of a kind with one name; items and bundles count as one kind. One item in several divisions is told apart
    by them."""
    owner: dict[tuple[str, str], tuple[str, str]] = {}
    items = context.city.items
    for folder, key, path, name in _names(context):
        kind = "guides" if folder in ("items", "bundles") else folder
        first = owner.setdefault((kind, bare(name)), (folder, key))
        if first != (folder, key) and not (first[0] == folder == "items" and apart(items[first[1]], items[key])):
            yield Finding(folder, key, path, f"名称「{name}」和 {first[1]} 相同，请改得能分清")


def handling_id_twice(context: Context) -> Findings:
    owner = dict.fromkeys((*context.city.items, *context.city.bundles), "")
    for key, item in context.city.items.items():
        for i, handling in enumerate(item.handling_items):
            if handling.id in owner and (owner[handling.id] or handling.id != key):
                yield Finding(
                    "items", key, ("handling_items", i, "id"), f"id「{handling.id}」已经用过，办理项的 id 不能重复"
                )
            owner[handling.id] = key


def alias_is_name(context: Context) -> Findings:
    """Whoever types it would be taken to the wrong guide."""
    owner = {bare(name): (folder, key) for folder, key, _, name in _names(context) if folder in ("items", "bundles")}
    for folder, key, path, alias in _aliases(context):
        named = owner.get(bare(alias))
        if named and folder in ("items", "bundles") and named != (folder, key):
            yield Finding(folder, key, path, f"别名「{alias}」就是 {named[1]} 的名称，请删掉")


def alias_shared(context: Context) -> Findings:
    owner: dict[tuple[str, str], str] = {}
    for folder, key, path, alias in _aliases(context):
        first = owner.setdefault((folder, bare(alias)), key)
        if first != key:
            yield Finding(folder, key, path, f"别名「{alias}」和 {first} 的别名相同，请只留在最贴切的一处")


def alias_useless(context: Context) -> Findings:
    name_of = {(folder, key): bare(name) for folder, key, path, name in _names(context) if len(path) == 1}
    seen: set[tuple[str, str, str]] = set()
    for folder, key, path, alias in _aliases(context):
        if bare(alias) == name_of.get((folder, key)):
            yield Finding(folder, key, path, f"别名「{alias}」和名称一样，请删掉")
        elif (folder, key, bare(alias)) in seen:
            yield Finding(folder, key, path, f"别名「{alias}」写了两遍，请删掉一个")
        seen.add((folder, key, bare(alias)))


def names_near(context: Context) -> Findings:
    names: dict[str, list[tuple[str, Steps, str]]] = defaultdict(list)
    for folder, key, path, name in _names(context):
        if folder == "items" and len(path) == 1:
            names[folder].append((key, path, name))
    for folder, found in names.items():
        for a, b, score in near_pairs([bare(name) for _, _, name in found], context.limits.item_name_near):
            if bare(found[a][2]) != bare(found[b][2]):
                key, path, name = found[b]
                yield Finding(
                    folder,
                    key,
                    path,
                    f"名称「{name}」和 {found[a][0]} 的「{found[a][2]}」太像（{score:.2f}），请核对是不是同一件事",
                )

"""One service item beside itself in every district: what is the same, what differs. The linter, the maintainers' page, the API
and the command line all show this one comparison. Pure.

What may differ is what a division decides itself: its office, place, hours, phones. What the law decides (conditions, materials,
fee, limit, steps) stands once in an item; where a city keeps an item of its own for each division, those are held side by side.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from .city import City
from .navigation import Navigator, UnknownTarget
from .outcome import Outcome
from .schema import Place, Record, ServiceItem

Lines = tuple[str, ...]
_NOISE = re.compile(r"[\W_]+")


class DistrictColumn(Record):
    """A division, and the item that is handled there."""

    region: str
    name: str
    item: str


class DistrictRow(Record):
    """A field of the guide. `values` has the lines of each column, in their order; `agrees` that all say the same; `own` that
    a division may decide it, so that a difference is no mistake."""

    field: str
    label: str
    own: bool
    agrees: bool
    values: tuple[Lines, ...]


class Districts(Record):
    target: str
    title: str
    columns: tuple[DistrictColumn, ...]
    rows: tuple[DistrictRow, ...]


def materials(outcome: Outcome) -> Lines:
    return tuple(f"{m.name}：{m.submission_label}，{m.copies_text}" for m in outcome.materials)


def steps(outcome: Outcome) -> Lines:
    return tuple(f"{s.name}（{s.time}）" if s.time else s.name for s in outcome.steps)


COMMON: Mapping[str, tuple[str, Callable[[Outcome], Lines]]] = {
    "handling_items": ("办理项", lambda o: (o.handling_item,)),
    "conditions": ("受理条件", lambda o: o.conditions),
    "materials": ("申请材料", materials),
    "fee": ("收费", lambda o: (o.fee.text,)),
    "limits": ("办理时限", lambda o: (o.limit.text,)),
    "visits": ("到场次数", lambda o: (o.visits.text,)),
    "steps": ("办理步骤", steps),
    "forms": ("办理形式", lambda o: o.forms),
    "online": ("网上办理", lambda o: (o.online.text,)),
    "result": ("办理结果", lambda o: (o.result,) if o.result else ()),
}
"""Fields of an item as applicants see them with every question open. A division has no say in them."""

OWN = {
    "department": "办理部门",
    "places": "办事地点",
    "address": "地址",
    "hours": "办公时间",
    "phones": "咨询电话",
    "code": "实施编码",
    "note": "当地说明",
}


def namesakes(city: City) -> Iterator[tuple[ServiceItem, ...]]:
    """Items of one name, two or more, in the order of their regions."""
    named: dict[str, list[ServiceItem]] = defaultdict(list)
    for item in city.items.values():
        named[called(item)].append(item)
    return (_in_order(city, items) for items in named.values() if len(items) > 1)


def peers(item: ServiceItem, among: Iterable[ServiceItem]) -> tuple[ServiceItem, ...]:
    """Those `among` namesakes that are the item in other divisions, and itself."""
    return tuple(i for i in among if i is item or apart(item, i))


def called(item: ServiceItem) -> str:
    """The name without punctuation."""
    return _NOISE.sub("", item.name)


def apart(one: ServiceItem, other: ServiceItem) -> bool:
    """Both name their divisions, and share none."""
    here, there = set(one.implementations), set(other.implementations)
    return bool(here and there) and not here & there


def _in_order(city: City, items: Iterable[ServiceItem]) -> tuple[ServiceItem, ...]:
    codes = list(city.regions)

    def first(item: ServiceItem) -> tuple[int, str]:
        return min((codes.index(c) for c in item.implementations if c in codes), default=len(codes)), item.id

    return tuple(sorted(items, key=first))


def side_by_side(city: City, target: str) -> Districts:
    """Raises UnknownTarget; LookupError or ValueError where an item cannot be walked."""
    if target not in city.items:
        raise UnknownTarget(target)
    item = city.items[target]
    found = peers(item, _in_order(city, [i for i in city.items.values() if called(i) == called(item)]))
    columns = [column for i in found for column in _columns(city, i, alone=len(found) == 1)]
    navigator = Navigator(city)
    outcomes = {i.id: navigator.overview(i.id) for i in found}
    common = (
        _row(field, label, False, [read(outcomes[c.item]) for c in columns]) for field, (label, read) in COMMON.items()
    )
    places = [_own(city, city.items[c.item], c.region) for c in columns]
    own = (_row(field, label, True, [p[field] for p in places]) for field, label in OWN.items())
    rows = tuple(row for row in (*own, *common) if any(row.values))
    return Districts(target=target, title=item.name, columns=tuple(columns), rows=rows)


def differences(
    city: City, items: tuple[ServiceItem, ...], fields: Iterable[str]
) -> Iterator[tuple[str, str, Lines, Lines]]:
    """(item, field, lines only there, lines only in the first item) for each later item that differs in a field of COMMON.
    Raises LookupError or ValueError where an item cannot be walked."""
    navigator = Navigator(city)
    first, *others = (navigator.overview(item.id) for item in items)
    for item, other in zip(items[1:], others, strict=True):
        for field in fields:
            here, there = COMMON[field][1](other), COMMON[field][1](first)
            if set(here) != set(there):
                yield item.id, field, _only(here, there), _only(there, here)


def _only(lines: Lines, others: Lines) -> Lines:
    return tuple(line for line in lines if line not in others)


def _columns(city: City, item: ServiceItem, alone: bool) -> Iterator[DistrictColumn]:
    """Every division for an item that has none beside it; its own otherwise. The city itself only where it takes applications."""
    for code, region in city.regions.items():
        named = code in item.implementations
        if named or (alone and (region.kind != "city" or city.places_of(item, code))):
            yield DistrictColumn(region=code, name=region.name, item=item.id)


def _row(field: str, label: str, own: bool, values: list[Lines]) -> DistrictRow:
    return DistrictRow(
        field=field, label=label, own=own, agrees=len(set(map(frozenset, values))) <= 1, values=tuple(values)
    )


def _own(city: City, item: ServiceItem, region: str) -> dict[str, Lines]:
    """Without a source a field is empty."""
    here = city.implementation(item, region)
    places = city.places_of(item, region)

    def of_places(read: Callable[[Place], Iterable[str]]) -> Lines:
        return tuple(dict.fromkeys(text for place in places for text in read(place) if text))

    return {
        "department": (here.department or city.department_name(item.department, region),),
        "places": of_places(lambda p: (p.name,)),
        "address": of_places(lambda p: (p.address,)),
        "hours": of_places(lambda p: (p.hours,)),
        "phones": here.phones or of_places(lambda p: p.phones),
        "code": (here.code,) if here.code else (),
        "note": tuple(here.note.splitlines()) or of_places(lambda p: (p.note,)),
    }

"""Records as rows of text: what exports to spreadsheets write, and what an import compares cells with."""

from collections.abc import Callable, Iterator
from typing import Any

from ..city import City
from ..schema import Details, Faq, FeeLine, Limit, Material, MaterialUse, Place, ServiceItem, Step, Visits
from .settings import words

DETAILS = ("conditions", "materials", "steps", "statutory", "promised", "visits")
KINDS = ("item", "faq", "material", "place")


def flat(city: City, kind: str, record: Any) -> dict[str, str]:
    """Field of headers.yaml → text; only fields that have some."""
    makers: dict[str, Callable[[City, Any], dict[str, str]]] = {
        "item": _item,
        "faq": _faq,
        "material": _material,
        "place": _place,
    }
    return {field: text for field, text in makers[kind](city, record).items() if text}


def yes(value: bool | None) -> str:
    return "" if value is None else words().yes[0] if value else words().no[0]


def limit_text(limit: Limit) -> str:
    number = words().at_once[0] if limit.number == 0 else f"{limit.number:g}{words().unit[limit.unit][0]}"
    return f"{number}{limit.note}"


def use_text(city: City, use: MaterialUse) -> str:
    name = city.materials[use.material].name if use.material in city.materials else use.material
    return name if use.submission == "required" else f"{name}（{words().submission[use.submission][0]}）"


def step_text(step: Step) -> str:
    return f"{step.name}：{step.text}" if step.text else step.name


def entry_text(city: City, entry: Any) -> str:
    """An entry of a list as one line."""
    if isinstance(entry, MaterialUse):
        text = use_text(city, entry)
    elif isinstance(entry, Step):
        text = step_text(entry)
    elif isinstance(entry, Limit):
        text = limit_text(entry)
    elif isinstance(entry, Visits):
        text = str(entry.number)
    else:
        text = str(entry.text)
    return " ".join(text.split())


def entries(part: Details, field: str) -> tuple[Any, ...]:
    """What a column holds of an item or of one of its handling items."""
    if field in ("statutory", "promised"):
        return tuple(limit for limit in part.limits if limit.kind == field)
    found: tuple[Any, ...] = getattr(part, field)
    return found


def detail_lines(city: City, item: ServiceItem, field: str) -> Iterator[str]:
    """The item's own lines, then those of its handling items behind their names."""
    yield from (entry_text(city, e) for e in entries(item, field))
    for handling in item.handling_items:
        yield from (f"【{handling.name}】{entry_text(city, e)}" for e in entries(handling, field))


def fee_text(lines: tuple[FeeLine, ...], charged: bool | None, note: str) -> str:
    if charged is False:
        return words().free[0] + (f"\n{note}" if note else "")
    told = [
        f"{x.name} {x.amount}{x.unit} {x.text}".strip() if x.amount is not None else f"{x.name} {x.text}" for x in lines
    ]
    return "\n".join(t.strip() for t in (*told, note) if t.strip())


def basis_lines(city: City, bases: tuple[Any, ...]) -> str:
    return "\n".join(
        f"《{city.sources[b.source].title if b.source in city.sources else b.source}》{b.article}" for b in bases
    )


def _join(values: Any, table: dict[str, tuple[str, ...]] | None = None) -> str:
    return "、".join(table[str(v)][0] if table else str(v) for v in values)


def _topics(city: City, ids: tuple[str, ...]) -> str:
    names = {t.id: t.name for t in city.info.topics}
    return _join(names.get(t, t) for t in ids)


def _item(city: City, item: ServiceItem) -> dict[str, str]:
    w = words()
    single = item.handling_items[0] if len(item.handling_items) == 1 else None
    regions = list(item.implementations)
    here = item.implementations[regions[0]] if len(regions) == 1 else None
    places = [city.places[p] for p in here.places if p in city.places] if here else []
    return {
        "id": item.id,
        "name": item.name,
        "code": (single.code if single else "") or (here.code if here else ""),
        "basic_code": item.basic_code,
        "aliases": _join(item.aliases),
        "phrasings": "\n".join(item.phrasings),
        "summary": item.summary,
        "item_type": w.item_type[item.item_type][0],
        "level": w.level[item.level][0],
        "audiences": _join(item.audiences, w.audience),
        "topics": _topics(city, item.topics),
        "department": city.department_name(item.department),
        "region": _join(city.regions[r].name if r in city.regions else r for r in regions),
        "joint_departments": _join(city.department_name(d) or d for d in item.joint_departments),
        "legal_basis": basis_lines(city, item.legal_basis),
        **{field: "\n".join(detail_lines(city, item, field)) for field in DETAILS},
        "case_type": w.case_type[item.case_type][0] if item.case_type else "",
        "visit_reason": item.visits[0].reason if len(item.visits) == 1 else "",
        "forms": _join(item.forms, w.form),
        "online_where": _join(item.online.where) if item.online else "",
        "url": item.online.url if item.online else "",
        "appointment": yes(item.appointment),
        "express": yes(item.express),
        "fee": fee_text(item.fee.lines, item.fee.charged, item.fee.note) if item.fee else "",
        "result": item.result.name if item.result else "",
        "address": places[0].address if len(places) == 1 else "",
        "phones": _join(here.phones) if here else "",
        "notes": "\n".join(item.notes),
    }


def _faq(city: City, faq: Faq) -> dict[str, str]:
    return {
        "id": faq.id,
        "question": faq.question,
        "phrasings": "\n".join(faq.phrasings),
        "answer": faq.answer,
        "items": _join(city.items[i].name if i in city.items else i for i in faq.items),
        "topics": _topics(city, faq.topics),
        "audiences": _join(faq.audiences, words().audience),
        "legal_basis": basis_lines(city, faq.basis),
    }


def _material(city: City, material: Material) -> dict[str, str]:
    return {
        **{name: getattr(material, name) for name in ("id", "name", "issuer", "how_to_get", "blank_form", "sample")},
        "kind": words().material_kind[material.kind][0],
        "aliases": _join(material.aliases),
        "filling_notes": material.filling_notes,
        "e_licence": yes(material.e_licence),
    }


def _place(city: City, place: Place) -> dict[str, str]:
    kinds = {k.id: k.name for k in city.info.place_kinds}
    return {
        **{name: getattr(place, name) for name in ("id", "name", "address", "hours", "directions", "note")},
        "kind": kinds.get(place.kind, place.kind),
        "region": city.regions[place.region].name if place.region in city.regions else place.region,
        "aliases": _join(place.aliases),
        "phones": _join(place.phones),
        "windows": _join(place.windows),
        "coordinates": ",".join(f"{c:g}" for c in place.coordinates) if place.coordinates else "",
        "services": _join(place.services),
    }

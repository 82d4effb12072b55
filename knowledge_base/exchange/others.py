"""Rows → FAQs, materials of the catalogue, places."""

from typing import Any

from ..problems import Severity
from .cells import id_of, key_of, keys_of, lines_of, parts_of, phones_of, phrasings_of, slug, text_of, yes_no
from .details import bases
from .draft import Cells, Draft
from .flat import flat
from .settings import words

_PHRASINGS = 3


def identify(draft: Draft, kind: str, cells: Cells) -> str:
    """As written, or the one record of that name, or made from the name."""
    get = {name: text_of(cell) for name, cell in cells.fields.items()}
    if get.get("id"):
        return slug(get["id"])
    name = get["question" if kind == "faq" else "name"]
    return draft.named(kind, name) or id_of(kind[0], name, get.get("region", ""))


def put_other(draft: Draft, kind: str, id_: str, cells: Cells) -> None:
    old = draft.record(kind, id_)
    shown = flat(draft.base, kind, old) if old is not None and draft.base else {}
    texts = {f: text_of(c) for f, c in cells.fields.items()}
    given = {f: t for f, t in texts.items() if t and t != shown.get(f)}
    body = draft.body(kind, id_) or {"id": id_}
    {"faq": _faq, "material": _material, "place": _place}[kind](draft, body, given, cells)
    draft.put(kind, body, cells)


def _lists(body: dict[str, Any], given: dict[str, str], *fields: str) -> None:
    for field in fields:
        if field in given:
            body[field] = parts_of(given[field])


def _texts(body: dict[str, Any], given: dict[str, str], *fields: str) -> None:
    for field in fields:
        if field in given:
            body[field] = "" if given[field] in words().clear else given[field]


def _faq(draft: Draft, body: dict[str, Any], given: dict[str, str], cells: Cells) -> None:
    _texts(body, given, "question", "answer")
    if "phrasings" in given:
        body["phrasings"] = phrasings_of(given["phrasings"])
    stated = body.get("phrasings", [])
    if len(stated) < _PHRASINGS:
        body["phrasings"] = [*stated, *[body["question"]] * (_PHRASINGS - len(stated))]
        text = f"问法只有 {len(stated)} 种，先用问题本身补足，请补写别的问法"
        draft.tell(Severity.WARNING, "missing-phrasings", text, cells, "phrasings")
    if "items" in given:
        found = {
            name: draft.named("item", name) or (name if ("item", name) in draft.by_id else None)
            for name in _item_names(draft, given["items"])
        }
        body["items"] = [id_ for id_ in found.values() if id_]
        for name in (n for n, id_ in found.items() if not id_):
            draft.tell(Severity.WARNING, "unknown-item", f"没有叫「{name}」的事项，没有关联", cells, "items", name)
            cells.notes.append((cells.headers["items"], name))
    if "topics" in given:
        body["topics"] = [draft.topic(name) for name in parts_of(given["topics"])]
    if "audiences" in given:
        keys, odd = keys_of(parts_of(given["audiences"]), words().audience)
        if keys:
            body["audiences"] = keys
        cells.notes += [(cells.headers["audiences"], "、".join(odd))] if odd else []
    if "legal_basis" in given:
        body["basis"] = bases(draft, given["legal_basis"], body.get("basis", []), cells)
    body.setdefault("basis", [])
    if "answer" not in body:
        draft.tell(Severity.ERROR, "missing-answer", "这个问题没有回答", cells, "answer")
        body["answer"] = "—"
    elif cells.notes:
        lines = [f"（{header}：{text}）" for header, text in cells.notes]
        body["answer"] = "\n".join([body["answer"], *(line for line in lines if line not in body["answer"])])


def _material(draft: Draft, body: dict[str, Any], given: dict[str, str], cells: Cells) -> None:
    _texts(body, given, "name", "issuer", "how_to_get", "blank_form", "sample", "filling_notes")
    _lists(body, given, "aliases")
    kinds = words().material_kind
    if "kind" in given or "kind" not in body:
        body["kind"] = key_of(given.get("kind") or body["name"], kinds) or words().neutral.material_kind
    if "e_licence" in given:
        body["e_licence"] = yes_no(given["e_licence"]) or False
    _append(body, "filling_notes", cells)


def _place(draft: Draft, body: dict[str, Any], given: dict[str, str], cells: Cells) -> None:
    _texts(body, given, "name", "address", "hours", "directions", "note")
    _lists(body, given, "aliases", "windows", "services")
    if "kind" in given or "kind" not in body:
        body["kind"] = draft.place_kind(given.get("kind") or words().neutral.place_kind)
    if "region" in given:
        body["region"] = draft.region(given["region"])
    elif "region" not in body:
        body["region"] = draft.city["regions"][0]["code"] if draft.city["regions"] else draft.region("未注明地区")
        draft.tell(Severity.WARNING, "missing-region", "没有写行政区划，归入全市", cells, "region")
    if "phones" in given:
        body["phones"], rest = phones_of(given["phones"])
        cells.notes += [(cells.headers["phones"], rest)] if rest else []
    if "coordinates" in given:
        numbers = parts_of(given["coordinates"])
        try:
            longitude, latitude = map(float, numbers)
            body["coordinates"] = [longitude, latitude]
        except ValueError:
            draft.tell(Severity.WARNING, "import-coordinates", "坐标应写成「经度,纬度」", cells, "coordinates")
            cells.notes.append((cells.headers["coordinates"], given["coordinates"]))
    _append(body, "note", cells)


def _item_names(draft: Draft, cell: str) -> list[str]:
    """A line that is an item's name stays whole, though there be a 、 in it."""
    lines = lines_of(cell)
    return [name for line in lines for name in ([line] if draft.named("item", line) else parts_of(line))]


def _append(body: dict[str, Any], field: str, cells: Cells) -> None:
    """Columns that are no field, into the record's free text."""
    lines = str(body.get(field, "")).splitlines()
    for header, text in cells.notes:
        lines = [n for n in lines if not n.startswith(f"{header}：")]
        lines.append(f"{header}：{' '.join(text.split())}")
    if cells.notes:
        body[field] = "\n".join(lines)

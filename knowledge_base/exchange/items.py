"""A row → a service item. What the row does not say is left as it was, or neutral and reported for a new item."""

import re
from typing import Any

from ..problems import Severity
from ..schema import ServiceItem
from .cells import (
    code_of,
    id_of,
    key_of,
    keys_of,
    lines_of,
    parts_of,
    phones_of,
    phrasings_of,
    slug,
    text_of,
    yes_no,
)
from .details import bases, set_details
from .draft import Cells, Draft
from .flat import DETAILS, flat
from .settings import words

_BASIC = re.compile(r"[0-9A-Z]{12}")
_CREDIT_AND_LEVEL, _WHOLE, _HANDLING = 19, 31, 33


def identify(draft: Draft, cells: Cells) -> str:
    """Its id: as written, by its code, by its name where that is one item's; else made from what identifies it."""
    get = {name: text_of(cell) for name, cell in cells.fields.items()}
    if get.get("id"):
        return slug(get["id"])
    code = code_of(get.get("code"))
    if code:
        return slug(code) if ("item", slug(code)) in draft.by_id else draft.by_code.get(code) or slug(code)
    name = get["name"]
    return draft.named("item", name) or id_of("i", name, get.get("department", ""), get.get("region", ""))


def put_item(draft: Draft, id_: str, cells: Cells) -> None:
    old: ServiceItem | None = draft.record("item", id_)
    shown = flat(draft.base, "item", old) if old and draft.base else {}
    texts = {f: text_of(c) for f, c in cells.fields.items()}
    given = {f: t for f, t in texts.items() if t and t != shown.get(f)}
    body = draft.body("item", id_) or _new(id_, texts["name"])
    _plain_fields(draft, body, given, cells, fresh=old is None)
    for field in DETAILS:
        if field in given:
            text = "" if given[field] in words().clear else given[field]
            set_details(draft, body, old, field, text, cells)
    if reason := given.get("visit_reason"):
        for visit in body.get("visits", []):
            visit.setdefault("reason", reason)
    _access(body, given, cells, draft)
    _where(draft, body, given, texts, cells)
    if old is None:
        _neutral(draft, body, cells)
    _notes(body, given, cells)
    draft.put("item", body, cells)


def _new(id_: str, name: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "summary": name, "handling_items": [{"id": f"{id_[:77]}-h1", "name": name}]}


def _plain_fields(draft: Draft, body: dict[str, Any], given: dict[str, str], cells: Cells, fresh: bool) -> None:
    w = words()
    for field in ("name", "summary"):
        if field in given:
            body[field] = given[field][:6000]
    if "name" in given and len(body["handling_items"]) == 1 and fresh:
        body["handling_items"][0]["name"] = given["name"]
    if "aliases" in given:
        body["aliases"] = parts_of(given["aliases"])
    if "phrasings" in given:
        body["phrasings"] = phrasings_of(given["phrasings"])
    for field, table in (("item_type", w.item_type), ("level", w.level), ("case_type", w.case_type)):
        if field in given:
            key = key_of(given[field], table)
            if key:
                body[field] = key
            else:
                _odd(draft, cells, field, given[field])
    for field, table, target in (("audiences", w.audience, "audiences"), ("forms", w.form, "forms")):
        if field in given:
            keys, odd = keys_of(parts_of(cells.fields[field]), table)
            if keys:
                body[target] = keys
            if odd:
                _odd(draft, cells, field, "、".join(odd))
    if "topics" in given:
        body["topics"] = [draft.topic(name) for name in _names(cells.fields["topics"])]
    if "department" in given:
        body["department"] = draft.department(given["department"], text_of(cells.fields.get("department_code")))
    if "joint_departments" in given:
        known = {d["name"]: d["id"] for d in draft.city["departments"]}
        names = parts_of(given["joint_departments"])
        if all(name in known for name in names):
            body["joint_departments"] = [known[name] for name in names]
        else:
            cells.notes.append((cells.headers["joint_departments"], given["joint_departments"]))
    if "legal_basis" in given:
        body["legal_basis"] = bases(draft, given["legal_basis"], body.get("legal_basis", []), cells)
    if "result" in given:
        body["result"] = {**body.get("result", {}), "name": given["result"]}
    if "fee" in given:
        free = given["fee"].strip() in w.free
        body["fee"] = {"charged": False} if free else {**body.get("fee", {}), "note": given["fee"]}
    if "basic_code" in given:
        code = code_of(given["basic_code"])
        if _BASIC.fullmatch(code):
            body["basic_code"] = code
        else:
            _odd(draft, cells, "basic_code", given["basic_code"])
    if "parent_name" in given and given["parent_name"] != body["name"]:
        cells.notes.append(("所属主项", given["parent_name"]))


def _names(cell: Any) -> list[str]:
    """Topic names may hold the separators themselves when the source is a list."""
    return [t for t in map(text_of, cell) if t] if isinstance(cell, list) else parts_of(cell)


def _odd(draft: Draft, cells: Cells, field: str, text: str) -> None:
    draft.tell(Severity.WARNING, f"import-{field}", f"「{text[:60]}」不是认得的取值，已放进备注", cells, field, text)
    cells.notes.append((cells.headers.get(field, field), text))


def _access(body: dict[str, Any], given: dict[str, str], cells: Cells, draft: Draft) -> None:
    """Forms of handling, and where online."""
    forms = list(body.get("forms", []))
    if "online_flag" in given and "forms" not in given:
        flag = yes_no(given["online_flag"])
        if flag is None:
            _odd(draft, cells, "online_flag", given["online_flag"])
        elif flag and "online" not in forms:
            forms.append("online")
    if forms:
        body["forms"] = forms
    online = dict(body.get("online") or {})
    if "online_where" in given:
        online["where"] = parts_of(given["online_where"])
    if "url" in given:
        online["url"] = given["url"].split("\n")[0]
    if online:
        body["online"] = online
    for field in ("appointment", "express"):
        if field in given:
            flag = yes_no(given[field])
            if flag is None:
                _odd(draft, cells, field, given[field])
            else:
                body[field] = flag


def _where(draft: Draft, body: dict[str, Any], given: dict[str, str], texts: dict[str, str], cells: Cells) -> None:
    """What stands under the region: code, place, phones."""
    wanted = {"code", "address", "hours", "phones", "complaint_phones", "region", "region_code"} & set(given)
    if not wanted:
        return
    here = dict(body.get("implementations", {}))
    if texts.get("region") or texts.get("region_code"):
        if len(here) > 1 and not texts.get("region_code") and "、" in texts.get("region", ""):
            return
        region = draft.region(texts.get("region", ""), texts.get("region_code", ""))
    else:
        region = next(iter(here), "") or (draft.city["regions"][0]["code"] if draft.city["regions"] else "000000")
    part = dict(here.get(region, {}))
    code = code_of(given.get("code"))
    if len(code) == _HANDLING:
        body["handling_items"][0]["code"] = code
        part["code"] = code[:_WHOLE]
    elif code:
        part["code"] = code
    if (
        len(code) in (_WHOLE, _HANDLING)
        and "basic_code" not in body
        and _BASIC.fullmatch(code[_CREDIT_AND_LEVEL:_WHOLE])
    ):
        body["basic_code"] = code[_CREDIT_AND_LEVEL:_WHOLE]
    notes = [line for line in part.get("note", "").splitlines() if line]
    if address := _address(given.get("address", "")):
        if address in words().no_place:
            body["forms"] = [f for f in body.get("forms", []) if f != "window"]
        else:
            part["places"] = [draft.place(address, region, cells)]
            body["forms"] = list(dict.fromkeys(["window", *body.get("forms", [])]))
    if "phones" in given:
        part["phones"], rest = phones_of(given["phones"])
        notes = _line(notes, "咨询方式", rest)
    if "complaint_phones" in given:
        notes = _line(notes, "投诉电话", given["complaint_phones"])
    if "hours" in given:
        notes = _line(notes, "办公时间", given["hours"])
    if notes:
        part["note"] = "\n".join(dict.fromkeys(notes))
    body["implementations"] = {**here, region: part}
    if "forms" in body and not body["forms"]:
        body.pop("forms")


def _line(notes: list[str], label: str, text: str) -> list[str]:
    """The label's line in the note, in place of an older one."""
    kept = [n for n in notes if not n.startswith(f"{label}：")]
    return [*kept, f"{label}：{'；'.join(text.splitlines())}"] if text else kept


def _address(text: str) -> str:
    for start in words().place_prefixes:
        text = re.sub(rf"^{start}\s*[:：]\s*", "", text)
    return " ".join(text.split())


def _neutral(draft: Draft, body: dict[str, Any], cells: Cells) -> None:
    """What the schema demands of a new item and the row does not say."""
    neutral = words().neutral
    for field, value, label in (
        ("item_type", neutral.item_type, "事项类型，按「其他」"),
        ("audiences", list(words().audience), "服务对象，按个人和企业都可办"),
        ("topics", None, "主题，归入「其他」"),
        ("department", None, "部门，记为「未注明部门」"),
    ):
        if field not in body:
            made = draft.topic(neutral.topic) if field == "topics" else draft.department(neutral.department)
            body[field] = value if value is not None else [made] if field == "topics" else made
            draft.tell(Severity.WARNING, f"missing-{field}", f"没有写{label}", cells, field)
    body.setdefault("level", neutral.level)
    body.setdefault("legal_basis", [])
    for field, label in (("conditions", "受理条件"), ("materials", "申请材料"), ("limits", "办理时限")):
        if field not in body:
            draft.tell(
                Severity.NOTICE, f"missing-{field}", f"没有写{label}，显示为「{neutral.unsourced}」", cells, field
            )


def _notes(body: dict[str, Any], given: dict[str, str], cells: Cells) -> None:
    notes = lines_of(given["notes"]) if "notes" in given else list(body.get("notes", []))
    for header, text in cells.notes:
        lines = lines_of(f"{header}：{text}")
        notes = [n for n in notes if not n.startswith(f"{header}：") or n in lines]
        notes += [line for line in lines if line not in notes]
    if notes:
        body["notes"] = notes
    else:
        body.pop("notes", None)

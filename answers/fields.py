"""One field of an outcome as an answer: what people ask after the guide is there. Facts only; unknown is said to be unknown."""

from collections.abc import Callable

from knowledge_base.city import City
from knowledge_base.outcome import NeededMaterial, Outcome

from .facts import plain

FIELDS = (
    "materials", "fee", "place", "limit", "steps", "conditions", "online", "hours", "phone", "result", "visits",
    "original", "proxy", "basis",
)  # fmt: skip


def material_named(text: str, outcome: Outcome, city: City) -> NeededMaterial | None:
    """The material of the check-list that `text` names, by name or alias; the longest name wins."""
    said = plain(text)
    found: list[tuple[int, NeededMaterial]] = []
    for m in outcome.materials:
        entry = city.materials.get(m.id)
        names = (m.name, *(entry.aliases if entry else ()))
        found += [(len(n), m) for n in map(plain, names) if n and n in said]
    return max(found, key=lambda f: f[0])[1] if found else None


def about_material(m: NeededMaterial, city: City) -> str:
    """What one material asks for: how many, original or copy, whether it must be handed in, how to get it."""
    parts = [f"「{m.name}」{m.submission_label}，{m.copies_text}。", f"用来{m.reason}。" if m.reason else ""]
    parts += [f"{m.conditional}。" if m.conditional else "", f"{m.notes}。" if m.notes else ""]
    parts += [f"没有的话：{m.how_to_get}。" if m.how_to_get else ""]
    return "".join(p.replace("。。", "。") for p in parts if p)


def _materials(o: Outcome) -> str:
    if not o.materials:
        return "不用带材料，凭有效身份证件办理就行。" if o.kind == "handle" else ""
    lines = [
        f"{i}. {m.name}（{m.submission_label}{'；' + m.conditional if m.conditional else ''}）"
        for i, m in enumerate(o.materials, 1)
    ]
    return f"一共{len(lines)}样：\n" + "\n".join(lines)


def _place(o: Outcome) -> str:
    if not o.places:
        return ""
    where = "、".join(dict.fromkeys(p.name for p in o.places))
    lead = f"在{where}办理。" if o.region else f"各县（市）区都能办：{where}。告诉我您在哪个区，我给您说具体的。"
    first = o.places[0]
    same = all(p.address == first.address for p in o.places)
    address = f"地址：{first.address}。" if same else ""
    online = f"也{o.online.text}。" if o.online.available else ""
    return lead + address + online


def _hours(o: Outcome) -> str:
    if not o.places:
        return ""
    hours = dict.fromkeys(f"{p.name}：{p.hours}" for p in o.places[:3])
    return "；".join(hours) + f"。出门前可以打 {o.consultation_phone} 问一下。"


def _limit(o: Outcome) -> str:
    return "\n".join((f"{o.limit.text}。", *(f"· {d}" for d in o.limit.details)))


def _steps(o: Outcome) -> str:
    return "\n".join(f"{i}. {s.name}{'：' + s.text if s.text else ''}" for i, s in enumerate(o.steps, 1))


def _conditions(o: Outcome) -> str:
    return "\n".join(f"· {c}" for c in o.conditions)


def _online(o: Outcome) -> str:
    link = f"网址：{o.online.url}" if o.online.url else ""
    practice = "不知道怎么填，可以先在这里演练一遍：一屏一屏教您，不会提交。" if o.rehearsals else ""
    return f"{o.online.text}。{link}{practice}"


def _phone(o: Outcome) -> str:
    return f"咨询电话：{o.consultation_phone}；投诉电话：{o.complaint_phone}。"


def _result(o: Outcome) -> str:
    if not o.result:
        return ""
    return f"办完会拿到：{o.result}。" + (f"有效期：{o.result_validity}。" if o.result_validity else "")


def _original(o: Outcome) -> str:
    lines = [f"· {m.name}：{m.copies_text}，{m.submission_label}" for m in o.materials]
    return "\n".join(lines)


def _proxy(o: Outcome) -> str:
    agents = [m.name for m in o.materials if "代" in m.name or "委托" in m.name]
    if agents:
        return f"可以请人代办，要另带：{'、'.join(agents)}。"
    for line in (*o.conditions, *o.notes, o.visits.reason):
        if any(w in line for w in ("本人", "代办", "代理", "委托")):
            return f"{line}。"
    return ""


def _basis(o: Outcome) -> str:
    lines = [f"《{s.title}》{s.number and f'（{s.number}）'}{s.article}".strip() for s in o.source]
    return "；".join(lines)


_BY_FIELD: dict[str, Callable[[Outcome], str]] = {
    "materials": _materials,
    "fee": lambda o: f"{o.fee.text}。",
    "place": _place,
    "limit": _limit,
    "steps": _steps,
    "conditions": _conditions,
    "online": _online,
    "hours": _hours,
    "phone": _phone,
    "result": _result,
    "visits": lambda o: f"{o.visits.text}。",
    "original": _original,
    "proxy": _proxy,
    "basis": _basis,
}


def field_answer(field: str, outcome: Outcome) -> str:
    """The answer in Chinese; "" where nothing is known. Raises KeyError for a field not in FIELDS."""
    return _BY_FIELD[field](outcome).replace("。。", "。")

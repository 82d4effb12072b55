"""The city that an import makes: what is there already, what is added to it, and what names mean in it."""

import copy
from dataclasses import dataclass, field
from typing import Any

from ..city import City
from ..problems import Severity
from ..store.bodies import FOLDER_OF, body_of
from .cells import id_of, key_of, slug
from .problems import Issue, Issues
from .settings import words

Key = tuple[str, str]


@dataclass
class Cells:
    """A row by field. `notes` are (header, text) of columns that are no field; `headers` names the column of a field."""

    table: str
    row: int
    fields: dict[str, Any]
    headers: dict[str, str]
    notes: list[tuple[str, str]] = field(default_factory=list)


class Draft:
    """`bodies` holds what was written so far by (kind, id); what is not in it is as in `base`."""

    def __init__(self, base: City | None, issues: Issues, city_id: str, city_name: str) -> None:
        self.base, self.issues = base, issues
        self.bodies: dict[Key, dict[str, Any]] = {}
        self.origin: dict[Key, Cells] = {}
        self.city = body_of(base.info) if base else _new_city(city_id, city_name)
        self.by_name: dict[Key, list[str]] = {}
        self.by_code: dict[str, str] = {}
        self.by_id: set[Key] = set()
        for kind, folder in FOLDER_OF.items():
            for id_, record in getattr(base, folder).items() if base else ():
                self.by_id.add((kind, id_))
                for name in _names_of(record):
                    self.by_name.setdefault((kind, name), []).append(id_)
        for id_, item in base.items.items() if base else ():
            own = [h.code for h in item.handling_items if h.code]
            for code in own or [i.code for i in item.implementations.values() if i.code]:
                self.by_code.setdefault(code.upper(), id_)

    def tell(self, severity: Severity, rule: str, message: str, cells: Cells, name: str = "", value: str = "") -> None:
        header = cells.headers.get(name, name)
        self.issues.add(Issue(severity, rule, message, cells.table, cells.row, header, value[:200]))

    def record(self, kind: str, id_: str) -> Any:
        """The record as it is served now, None where there is none."""
        return getattr(self.base, FOLDER_OF[kind]).get(id_) if self.base else None

    def body(self, kind: str, id_: str) -> dict[str, Any] | None:
        """A copy of the body as it is now."""
        if (kind, id_) in self.bodies:
            return copy.deepcopy(self.bodies[kind, id_])
        record = self.record(kind, id_)
        return body_of(record) if record is not None else None

    def put(self, kind: str, body: dict[str, Any], cells: Cells) -> None:
        key = (kind, str(body["id"]))
        self.bodies[key] = body
        self.origin.setdefault(key, cells)
        if key not in self.by_id:
            self.by_id.add(key)
            self.by_name.setdefault(
                (kind, str(body.get("name") or body.get("question") or body.get("title"))), []
            ).append(key[1])

    def named(self, kind: str, name: str) -> str | None:
        """The one record of that name or alias; None where there is none or more than one."""
        found = dict.fromkeys(self.by_name.get((kind, name), ()))
        return next(iter(found)) if len(found) == 1 else None

    def free_id(self, id_: str, kind: str) -> bool:
        """Ids are unique across kinds."""
        return not any((other, id_) in self.by_id for other in FOLDER_OF if other != kind)

    # --- what is named in cells

    def department(self, name: str, code: str = "") -> str:
        for known in self.city["departments"]:
            if name in (known["name"], known["short"], *known.get("regions", {}).values()):
                return str(known["id"])
        id_ = "d-" + slug(code) if slug(code) else id_of("d", name)
        if any(known["id"] == id_ for known in self.city["departments"]):
            id_ = id_of("d", name, code)
        self.city["departments"].append({"id": id_, "name": name, "short": self._short(name)})
        return id_

    def _short(self, name: str) -> str:
        for region in sorted((r["name"] for r in self.city["regions"]), key=len, reverse=True):
            for start in (region, region[2:], region[3:]):
                if len(start) > 1 and name.startswith(start) and len(name) > len(start) + 1:
                    return name.removeprefix(start)
        return name

    def region(self, name: str, code: str = "") -> str:
        for known in self.city["regions"]:
            if (code and code == known["code"]) or (name and name in (known["name"], *known.get("aliases", ()))):
                return str(known["code"])
        first = self.city["regions"][0]["code"] if self.city["regions"] else ""
        id_ = code or id_of("r", name)
        kind = {"kind": "county", "parent": first} if first else {"kind": "city"}
        self.city["regions"].append({"code": id_, "name": name or code, **kind})
        return id_

    def topic(self, name: str) -> str:
        known = next((t for t in self.city["topics"] if t["name"] == name), None)
        if known is None:
            known = {"id": id_of("t", name), "name": name}
            self.city["topics"].append(known)
        return str(known["id"])

    def place_kind(self, name: str) -> str:
        known = next((k for k in self.city["place_kinds"] if name in (k["name"], k["id"])), None)
        if known is None:
            known = {"id": id_of("k", name), "name": name}
            self.city["place_kinds"].append(known)
        return str(known["id"])

    def material(self, name: str, cells: Cells) -> str:
        """Of that name or alias; a new entry of the catalogue otherwise."""
        known = self.by_name.get(("material", name))
        if known:
            return known[0]
        kind = key_of(name, words().material_kind) or words().neutral.material_kind
        body = {"id": id_of("m", name), "name": name, "kind": kind}
        self.put("material", body, cells)
        return str(body["id"])

    def source(self, title: str, cells: Cells) -> str:
        known = self.by_name.get(("source", title))
        if known:
            return known[0]
        body = {"id": id_of("s", title), "title": title}
        self.put("source", body, cells)
        return str(body["id"])

    def place(self, address: str, region: str, cells: Cells) -> str:
        """The place of that address in that region; a new one is named by its address."""
        id_ = id_of("p", address, region)
        if ("place", id_) not in self.by_id:
            body = {
                "id": id_,
                "name": address,
                "kind": words().neutral.place_kind,
                "region": region,
                "address": address,
            }
            self.put("place", body, cells)
        return id_

    def finish(self) -> None:
        """Settles what only the whole file tells: the city's own name, code and first region."""
        city, neutral = self.city, words().neutral
        if not city["regions"]:
            city["regions"].append({"code": "000000", "name": city["name"] or city["id"], "kind": "city"})
        if not self.base:
            city["name"] = city["name"] or city["regions"][0]["name"]
            city["code"] = city["regions"][0]["code"]
        if not city["topics"]:
            city["topics"].append({"id": id_of("t", neutral.topic), "name": neutral.topic})
        self.bodies["city", city["id"]] = city


def _names_of(record: Any) -> list[str]:
    first = getattr(record, "name", None) or getattr(record, "question", None) or getattr(record, "title", "")
    return [str(first), *(str(a) for a in getattr(record, "aliases", ()))]


def _new_city(id_: str, name: str) -> dict[str, Any]:
    neutral = words().neutral
    return {
        "id": id_,
        "name": name,
        "code": "",
        "regions": [],
        "departments": [],
        "topics": [],
        "life_events": [],
        "place_kinds": [dict(kind) for kind in neutral.place_kinds],
        "channels": [],
        **{
            field: getattr(neutral, field)
            for field in ("consultation_phone", "complaint_phone", "sample_notice", "unsourced")
        },
        "immediate_within_working_days": neutral.immediate_within_working_days,
    }

"""Columns that hold lists of a guide: conditions, materials, steps, limits, visits. Lines that were there stay as they were."""

import re
from collections.abc import Callable
from typing import Any

from ..problems import Severity
from ..schema import ServiceItem
from ..store.bodies import body_of
from .cells import TEXT_MOST, count_of, limit_of, lines_of, submission_of
from .draft import Cells, Draft
from .flat import DETAILS, entries, entry_text
from .settings import words

_BEHIND = re.compile(r"^【(.+?)】(.+)$")
_TITLE = re.compile(r"^《(.+?)》\s*(.*)$", re.S)
_HOLDER = {"statutory": "limits", "promised": "limits"}


def set_details(
    draft: Draft, body: dict[str, Any], old: ServiceItem | None, field: str, text: str, cells: Cells
) -> None:
    """Writes a column's lines into the item and its handling items."""
    parts: dict[str, list[Any]] = {"": []}
    handling = {h["name"]: h for h in body["handling_items"]}
    known = _known(draft, old, field)
    for line in lines_of(text):
        match = _BEHIND.match(line)
        name, rest = (match[1], match[2]) if match and match[1] in handling else ("", line)
        entry = known.get((name, rest)) or _entry(draft, field, rest, cells)
        if entry is None:
            draft.tell(
                Severity.WARNING,
                f"import-{field}",
                f"「{rest}」不是看得懂的{_LABELS[field]}，已放进备注",
                cells,
                field,
                rest,
            )
            cells.notes.append((cells.headers.get(field, field), rest))
        else:
            parts.setdefault(name, []).append(entry)
    holder = _HOLDER.get(field, field)
    for name, target in (("", body), *handling.items()):
        rest_of = [x for x in target.get(holder, []) if holder == "limits" and x["kind"] != field]
        made = [*rest_of, *parts.get(name, [])]
        if made:
            target[holder] = made
        else:
            target.pop(holder, None)


_LABELS = {
    "conditions": "条件",
    "materials": "材料",
    "steps": "步骤",
    "statutory": "时限",
    "promised": "时限",
    "visits": "到现场次数",
}


def _known(draft: Draft, old: ServiceItem | None, field: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Entries of the item as it was, by where they stand and how they are written."""
    if old is None or draft.base is None:
        return {}
    city = draft.base
    found = {("", entry_text(city, e)): body_of(e) for e in entries(old, field)}
    for handling in old.handling_items:
        found |= {(handling.name, entry_text(city, e)): body_of(e) for e in entries(handling, field)}
    return found


def _entry(draft: Draft, field: str, line: str, cells: Cells) -> dict[str, Any] | None:
    makers: dict[str, Callable[[], dict[str, Any] | None]] = {
        "conditions": lambda: {"text": line},
        "materials": lambda: _use(draft, line, cells),
        "steps": lambda: _step(line),
        "statutory": lambda: limit_of(line, "statutory"),
        "promised": lambda: limit_of(line, "promised"),
        "visits": lambda: None if (n := count_of(line)) is None else {"number": n},
    }
    assert set(makers) == set(DETAILS)
    return makers[field]()


def _use(draft: Draft, line: str, cells: Cells) -> dict[str, Any]:
    name, submission = submission_of(line)
    body: dict[str, Any] = {"material": draft.material(name, cells), "reason": words().neutral.reason}
    if submission:
        body["submission"] = submission
        if submission == "exempt":
            body["originals"] = 0
    return body


def _step(line: str) -> dict[str, Any]:
    name, _, text = line.partition("：")
    if not text or len(name) > 40:
        name, text = line, ""
    return {"name": name[:TEXT_MOST], **({"text": text} if text else {})}


def bases(draft: Draft, text: str, old: list[dict[str, Any]], cells: Cells) -> list[dict[str, Any]]:
    """Lines of 《title》article; a line without a title is a source of its own."""
    found = []
    for line in lines_of(text):
        match = _TITLE.match(line)
        source = draft.source(match[1] if match else line, cells)
        article = match[2] if match else ""
        known = next((b for b in old if b["source"] == source and b.get("article", "") == article), None)
        found.append(known or {"source": source, **({"article": article} if article else {})})
    return found

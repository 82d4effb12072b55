"""What stands in a cell → values of the schema. Nothing here fails: what is not understood comes back as None."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from .settings import words

_SPLIT = re.compile(r"[、，,；;/|\n]+")
_LIMIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[(（]?\s*(个工作日|工作日|自然日|日历日|个月|小时|天|日|月)")
_NUMBER = re.compile(r"[0-9]+")
_CODE_NOISE = re.compile(r"\.0$")
TEXT_MOST = 6000


def text_of(cell: Any) -> str:
    """A cell as text, lists line by line, control characters out; "" for the words that mean nothing is there."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return words().yes[0] if cell else words().no[0]
    if isinstance(cell, list):
        return "\n".join(t for t in map(text_of, cell) if t)
    if isinstance(cell, dict):
        return "；".join(f"{k}：{t}" for k, v in cell.items() if (t := text_of(v)))
    text = "".join(c for c in str(cell) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    text = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
    return "" if text.lower() in words().empty else text


def lines_of(text: str) -> list[str]:
    """Lines, each within the schema's length."""
    return [line[i : i + TEXT_MOST] for line in text.splitlines() for i in range(0, len(line), TEXT_MOST)]


def parts_of(cell: Any) -> list[str]:
    """Entries of a list written in a cell."""
    return list(dict.fromkeys(p.strip() for p in _SPLIT.split(text_of(cell)) if p.strip()))


def phrasings_of(text: str) -> list[str]:
    """One a line, where there are lines: within a question the signs that part other lists are its own."""
    return lines_of(text) if "\n" in text else parts_of(text)


def code_of(cell: Any) -> str:
    return _CODE_NOISE.sub("", re.sub(r"\s+", "", text_of(cell))).upper()


def yes_no(text: str) -> bool | None:
    key = text.strip().lower()
    return True if key in words().yes else False if key in words().no else None


def key_of(text: str, table: Mapping[str, tuple[str, ...]]) -> str | None:
    """The key whose word the text is or, failing that, contains."""
    bare = text.strip().lower()
    for key, names in table.items():
        if bare == key or bare in names:
            return key
    return next((k for k, names in table.items() if any(len(n) > 1 and n in bare for n in names)), None)


def keys_of(parts: list[str], table: Mapping[str, tuple[str, ...]]) -> tuple[list[str], list[str]]:
    """Keys in the table's order, and the parts that name none."""
    found = {part: key_of(part, table) for part in parts}
    return [k for k in table if k in found.values()], [p for p, k in found.items() if k is None]


def limit_of(text: str, kind: str) -> dict[str, Any] | None:
    """「30(工作日)」「20个工作日」「当场办结」 → a limit's body."""
    bare = unicodedata.normalize("NFKC", text).strip()
    if bare in words().at_once:
        return {"kind": kind, "number": 0}
    match = _LIMIT.match(bare)
    if match is None:
        return None
    unit = next(u for u, names in words().unit.items() if match[2] in names)
    number = float(match[1])
    body: dict[str, Any] = {"kind": kind, "number": int(number) if number.is_integer() else number, "unit": unit}
    rest = bare[match.end() :].strip(" )）")
    return body | ({"note": rest} if rest else {})


def count_of(text: str) -> int | None:
    match = _NUMBER.search(unicodedata.normalize("NFKC", text))
    return int(match[0]) if match and 0 <= int(match[0]) <= 9 else None


def phones_of(text: str) -> tuple[list[str], str]:
    """Numbers that could be dialled, and the text where it says more than numbers."""
    found = list(dict.fromkeys(m[0] for m in words().phone.finditer(text)))
    rest = words().phone_separators.sub("", words().phone.sub("", text))
    return found, text if rest else ""


def submission_of(line: str) -> tuple[str, str | None]:
    """「营业执照（可容缺）」 → name and how it is handed in."""
    for key, names in words().submission.items():
        for name in names:
            if line.endswith(f"（{name}）"):
                return line.removesuffix(f"（{name}）"), key
    return line, None


def id_of(prefix: str, *parts: str) -> str:
    """An id from what identifies a record: the same parts always give the same id."""
    return f"{prefix}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:12]}"


def slug(text: str) -> str:
    """A code or id as the schema allows ids; "" where nothing of it is left."""
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[:80].strip("-")

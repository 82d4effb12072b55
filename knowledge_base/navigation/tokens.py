"""Opaque tokens of options: what was pressed, without the presser having to know our ids."""

import base64
import binascii
import json
from collections.abc import Container, Sequence
from typing import Any

from ..schema import FactValue

MAX_LENGTH = 300


def encode(*parts: Any) -> str:
    """JSON-able parts → URL-safe text."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def facts(stated: Sequence[Any], known: Container[str]) -> dict[str, FactValue]:
    """Name, value, name, value … as an answer's token has them; empty where that is not what it is, or a name not known."""
    names, values = stated[::2], stated[1::2]
    if len(names) != len(values) or not all(isinstance(n, str) and n in known for n in names):
        return {}
    return dict(zip(names, values, strict=True)) if all(isinstance(v, str | int | float) for v in values) else {}


def decode(token: str) -> list[Any]:
    """The parts of `encode`. Raises ValueError for anything else."""
    if not token or len(token) > MAX_LENGTH:
        raise ValueError("选项标识无效")
    try:
        parts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError) as error:
        raise ValueError("选项标识无效") from error
    if not isinstance(parts, list) or not parts:
        raise ValueError("选项标识无效")
    return parts

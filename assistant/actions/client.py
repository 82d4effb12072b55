"""The one way from the assistant to the product: HTTP on loopback, with a time-out; every failure is a value."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Dict, List, Optional

import httpx

DIALOGUE = "/internal/dialogue"
TIMEOUT_SECONDS = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What the product decided: see docs/architecture.md, "A chat turn"."""

    outcome: str
    values: Dict[str, Any] = field(default_factory=dict)
    cards: List[Dict[str, Any]] = field(default_factory=list)
    options: List[Dict[str, Any]] = field(default_factory=list)
    slots: Dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def product() -> httpx.AsyncClient:
    """One connection pool a process; made at the first turn, from PRODUCT_URL and INTERNAL_TOKEN."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a turn otherwise
    return httpx.AsyncClient(
        base_url=os.environ["PRODUCT_URL"],
        headers={"x-internal-token": os.environ.get("INTERNAL_TOKEN", "")},
        timeout=TIMEOUT_SECONDS,
        trust_env=False,  # a proxy of the machine has no business on loopback
    )


async def ask_product(request: Dict[str, Any]) -> Optional[Reply]:
    """The product's reply to {conversation, act, text, slots, …}; None when it can't be had (logged without the words)."""
    try:
        response = await product().post(DIALOGUE, json=request)
        response.raise_for_status()
        body = response.json()
        return Reply(
            outcome=str(body["outcome"]),
            values=dict(body.get("values") or {}),
            cards=list(body.get("cards") or []),
            options=list(body.get("options") or []),
            slots=dict(body.get("slots") or {}),
        )
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        log.error("act %s: the product did not answer: %s", request.get("act"), type(error).__name__)
        return None

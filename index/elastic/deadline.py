"""When a publish must have ended: no request of it waits for longer than is left, whatever the server does."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from elastic_transport import Transport, TransportApiResponse
from elastic_transport.client_utils import DEFAULT, DefaultType, resolve_default

from ..errors import EngineUnavailable

_running: ContextVar[tuple[float, float] | None] = ContextVar("publish", default=None)
"""(end, seconds given) of this thread's publish; the end by the monotonic clock."""


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Within, a request made when the time is over raises EngineUnavailable."""
    before = _running.set((time.monotonic() + seconds, seconds))
    try:
        yield
    finally:
        _running.reset(before)


def left() -> float:
    """Seconds; infinite where no publish is running. Raises EngineUnavailable when there are none."""
    running = _running.get()
    if running is None:
        return math.inf
    end, seconds = running
    now = time.monotonic()
    if now >= end:
        raise EngineUnavailable(f"发布{seconds:.0f}秒内没有完成，线上仍是原来的版本")
    return end - now


class BoundedTransport(Transport):
    """One try after another would take the request's time-out each: together they get what is left."""

    def perform_request(
        self,
        method: str,
        target: str,
        *,
        max_retries: int | DefaultType = DEFAULT,
        request_timeout: float | DefaultType | None = DEFAULT,
        **options: Any,
    ) -> TransportApiResponse:
        retries = resolve_default(max_retries, self.max_retries)
        if (share := left() / (1 + retries)) < math.inf:
            asked = resolve_default(request_timeout, None)
            request_timeout = share if asked is None else min(asked, share)
        return super().perform_request(method, target, max_retries=retries, request_timeout=request_timeout, **options)

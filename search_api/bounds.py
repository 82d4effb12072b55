"""What stands before every route: size and rate limits, security headers, request metrics. Plain ASGI, nothing buffered."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knowledge_base.exchange.settings import limits

from .problems import problem
from .settings import Settings

REQUESTS = Counter("http_requests_total", "Requests by route and status", ["route", "method", "status"])
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer by route",
    ["route"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
MAX_CLIENTS = 100_000
"""Addresses remembered by the rate limiter; the one not seen for longest is forgotten."""
FILES = "/v1/maintain/import/file"
"""Paths whose body is a file."""
UNLIMITED = ("/healthz", "/readyz", "/metrics", "/internal/")

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
    "content-security-policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
    ),
}
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
"""As ASGI has them: of each only where a route has not set its own."""


class TooLarge(Exception):
    """The body grew over the bound while it was read."""


@dataclass
class _Bucket:
    tokens: float
    at: float


class RateLimiter:
    """Token bucket an address, in memory of this process."""

    def __init__(self, per_second: float, burst: int) -> None:
        self.per_second, self.burst = per_second, burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str, now: float) -> float:
        """Seconds until the client may come again; 0 lets it in and takes one token."""
        bucket = self._buckets.pop(client, None) or _Bucket(float(self.burst), now)
        bucket.tokens = min(float(self.burst), bucket.tokens + (now - bucket.at) * self.per_second)
        bucket.at = now
        self._buckets[client] = bucket
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self.per_second
        bucket.tokens -= 1
        return 0.0


class Bounds:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.max_body = settings.max_body_bytes
        self.limiter = RateLimiter(settings.rate_per_second, settings.rate_burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        answered = False

        async def sending(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in _RAW_HEADERS if h[0] not in given)]
            await send(message)

        seen, most = 0, self._most(scope)

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLarge
            return message

        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, sending)
            else:
                await self.app(scope, receiving, sending)
        except TooLarge:
            if not answered:
                await self._too_large(most)(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(route, scope["method"], str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - started)

    def _most(self, scope: Scope) -> int:
        """Bytes of a body: files to import may be as large as imports take them. Their routes read no byte of a stranger's."""
        return limits().file_bytes if scope["path"].startswith(FILES) else self.max_body

    def _too_large(self, most: int) -> ASGIApp:
        told = f"{most >> 20}MB" if most >> 20 else f"{most >> 10}KB"
        return problem(413, f"内容太大了，一次最多{told}。", headers={"connection": "close"})

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if not scope["path"].startswith(UNLIMITED):
            client = scope["client"][0] if scope.get("client") else ""
            wait = self.limiter.wait(client, time.monotonic())
            if wait:
                return problem(429, "访问太频繁了，请稍等几秒再试。", headers={"Retry-After": str(int(wait) + 1)})
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > (most := self._most(scope)):
            return self._too_large(most)
        return None

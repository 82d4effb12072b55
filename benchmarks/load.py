"""usage: python -m benchmarks.load PORT < PLAN   (a process of its own, so that it does not share the server's lock)

Open loop: requests are due at times drawn beforehand (Poisson), whatever the server does, and a time is counted from when
the request was due, so that a stall is paid for by everything that was due meanwhile (no coordinated omission). With rate 0
closed loop: each connection asks again at once, which says how many a second are possible. PLAN is one JSON object
{paths, rate, connections, seconds}; the answer is one JSON object on standard output.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

LATEST_WAIT_SECONDS = 30.0
Due = asyncio.Queue[float | None]
"""Moments that have come; None when there are no more."""


class Refused(Exception):
    """The server did not answer 200: a time measured on errors would be a lie."""


class Line:
    """One kept-alive connection; speaks just enough HTTP to cost little."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> Line:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def get(self, path: str) -> bytes:
        """Raises Refused. The server closes a line that was not used for seconds: then it is opened anew, as a browser does."""
        try:
            head = await self._head(path)
        except (asyncio.IncompleteReadError, ConnectionError) as closed:
            if isinstance(closed, asyncio.IncompleteReadError) and closed.partial:
                raise
            await self.open()
            head = await self._head(path)
        length = next(
            int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")
        )
        body = await self._reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused(f"{path}: {head[:40]!r} {body[:200]!r}")
        return body

    async def _head(self, path: str) -> bytes:
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        return await self._reader.readuntil(b"\r\n\r\n")


async def measure(port: int, plan: dict[str, Any]) -> dict[str, Any]:
    lines = [await Line(port).open() for _ in range(plan["connections"])]
    paths = iter(plan["paths"])
    begun = time.perf_counter()
    end = begun + plan["seconds"]
    due: Due | None = asyncio.Queue() if plan["rate"] else None
    times: list[float] = []
    if due is not None:
        told = _due(begun, plan["rate"], end), len(lines), due, asyncio.get_running_loop()
        threading.Thread(target=_tell, args=told, daemon=True).start()
    await asyncio.gather(*(_ask(line, paths, due, end, times) for line in lines))
    wall = time.perf_counter() - begun
    return {"times": times, "seconds": wall}


async def _ask(line: Line, paths: Iterator[str], due: Due | None, end: float, times: list[float]) -> None:
    while True:
        wanted = await due.get() if due is not None else time.perf_counter()
        if wanted is None or wanted > end:
            return
        path = next(paths, None)
        if path is None:
            return
        await asyncio.wait_for(line.get(path), LATEST_WAIT_SECONDS)
        times.append(time.perf_counter() - wanted)


def _tell(moments: Iterator[float], lines: int, due: Due, loop: asyncio.AbstractEventLoop) -> None:
    """Each moment when it has come, then their end to each line. In a thread: the loop's own clock goes by whole milliseconds, and
    what it sends late (.9 ms in the middle, 2.2 once in a hundred) would be counted as the server's time; this is .2 late."""
    for moment in (*moments, *[None] * lines):
        if moment is not None:
            time.sleep(max(0.0, moment - time.perf_counter()))
        loop.call_soon_threadsafe(due.put_nowait, moment)


def _due(begun: float, rate: float, end: float) -> Iterator[float]:
    chance, at = random.Random(1), begun
    while at < end:
        at += chance.expovariate(rate)
        yield at


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1]), json.load(sys.stdin)))))

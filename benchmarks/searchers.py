"""People who search without pause, in process."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from index import Index


@dataclass
class Load:
    """Threads that search without pause. Times in seconds."""

    index: Index
    queries: Sequence[str]
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    empty: int = 0

    @contextlib.contextmanager
    def running(self, threads: int) -> Iterator[None]:
        stop = threading.Event()

        def search(number: int) -> None:
            turn = number
            while not stop.is_set():
                begun = time.perf_counter()
                try:
                    found = self.index.search(self.queries[turn % len(self.queries)])
                    self.empty += not found.hits
                except Exception as error:  # whatever it is, somebody had no answer
                    self.failures.append(repr(error))
                self.times.append(time.perf_counter() - begun)
                turn += threads

        searching = [threading.Thread(target=search, args=(n,)) for n in range(threads)]
        for thread in searching:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in searching:
                thread.join()

    def report(self) -> dict[str, Any]:
        ordered = sorted(self.times)
        return {
            "searches": len(ordered),
            "failed": len(self.failures),
            "empty": self.empty,
            "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
            "p99_ms": round(1000 * ordered[len(ordered) * 99 // 100], 1),
            "longest_s": round(ordered[-1], 2),
        }

"""Searches share the cores: each has a turn, and does a part of its work beside the rest while a core has nothing to do."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

Task = Callable[[], Any]
Together = Callable[[Sequence[Task]], list[Any]]
"""The results of tasks that do not depend on each other, in their order."""


_core: Callable[[], int] = ctypes.CDLL(None).sched_getcpu
"""On which the caller runs now."""


def in_turn(tasks: Sequence[Task]) -> list[Any]:
    return [task() for task in tasks]


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0))


class Turns:
    """`with` it a search is under way; `at_once` are, more wait. Thread-safe. Nobody waits for a part of another's work that was
    begun beside it: a server that hangs would make everybody wait twice."""

    def __init__(self, at_once: int, cores: int) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._cores, self._busy = cores, 0
        self._counting = threading.Lock()
        self._helpers = [_Helper() for _ in range(max(cores - 1, 1))]  # those that have nothing to do

    def __enter__(self) -> None:
        self._turns.acquire()
        self._count(1)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._count(-1)
        self._turns.release()

    def together(self, tasks: Sequence[Task]) -> list[Any]:
        """A `Together`: with a core to spare, another thread takes tasks from the end while this one takes them from the front,
        until they meet. Raises what a task raises."""
        if len(tasks) < 2 or not self._count(1, self._cores):
            return in_turn(tasks)
        helper = self._helpers.pop()
        left = deque(enumerate(tasks))
        results: list[Any] = [None] * len(tasks)
        helping = helper.begin(_work, left.pop, results)
        try:
            _work(left.popleft, results)
        finally:
            failed = None if helping.cancel() else helping.exception()
            self._helpers.append(helper)
            self._count(-1)
        if failed:
            raise failed
        return results

    def _count(self, by: int, most: float = math.inf) -> bool:
        """Of threads that are at work for a search; False, and nothing is counted, where that would make more than `most`."""
        with self._counting:
            if fits := self._busy + by <= most:
                self._busy += by
            return fits

    def close(self) -> None:
        for helper in self._helpers:
            helper.close()


class _Helper:
    """A thread that works beside others, on another core than who calls it. Linux wakes a thread on the core of who wakes it: while
    the other core slept, the two took turns on one (the encoder's 2.6 ms beside 2.3 of Python's took 4.7, and 3.1 so)."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "search-beside")
        self._known_as = self._thread.submit(threading.get_native_id)
        self._cores = os.sched_getaffinity(0)

    def begin(self, work: Callable[..., None], *given: Any) -> Future[None]:
        with contextlib.suppress(OSError):  # not allowed to: then it runs where the kernel puts it
            os.sched_setaffinity(self._known_as.result(), self._cores - {_core()} or self._cores)
        return self._thread.submit(work, *given)

    def close(self) -> None:
        self._thread.shutdown()


def _work(take: Callable[[], tuple[int, Task]], results: list[Any]) -> None:
    while True:
        try:
            place, task = take()
        except IndexError:  # nothing is left
            return
        results[place] = task()

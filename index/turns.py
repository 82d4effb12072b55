"""Searches share the cores: each has a turn, and one may take a second for a part of its work while nobody else wants it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

Task = Callable[[], Any]
Together = Callable[[Sequence[Task]], list[Any]]
"""The results of tasks that do not depend on each other, in their order."""


def in_turn(tasks: Sequence[Task]) -> list[Any]:
    return [task() for task in tasks]


class Turns:
    """`with` it a search is under way; `at_once` are, more wait. Thread-safe."""

    def __init__(self, at_once: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._helpers = ThreadPoolExecutor(max(at_once // 2, 1), "search-beside")

    def __enter__(self) -> None:
        self._free.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._free.release()

    def together(self, tasks: Sequence[Task]) -> list[Any]:
        """A `Together`: with a turn to spare, another thread takes tasks from the end while this one takes them from the front,
        until they meet. Raises what a task raises."""
        if len(tasks) < 2 or not self._free.acquire(blocking=False):
            return in_turn(tasks)
        left = deque(enumerate(tasks))
        results: list[Any] = [None] * len(tasks)
        helper = self._helpers.submit(_work, left.pop, results)
        try:
            _work(left.popleft, results)
        finally:
            failed = None if helper.cancel() else helper.exception()
            self._free.release()
        if failed:
            raise failed
        return results

    def close(self) -> None:
        self._helpers.shutdown()


def _work(take: Callable[[], tuple[int, Task]], results: list[Any]) -> None:
    while True:
        try:
            place, task = take()
        except IndexError:  # nothing is left
            return
        results[place] = task()

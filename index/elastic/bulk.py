"""Writing in bulk: in bounded parts, each again and again while the server is busy, smaller and slower."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError

from ..errors import EngineUnavailable, IndexMismatch
from .connection import BUSY
from .deadline import left as left_of_publish
from .limits import Write

_TOO_LARGE = 413
_NOT_THERE = 404


@dataclass(frozen=True, slots=True)
class Action:
    """One line pair of a bulk request. Ids are ours, so that doing it twice does no harm."""

    id: str
    lines: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))


def put(index: str, id_: str, source: dict[str, Any]) -> Action:
    head = orjson.dumps({"index": {"_index": index, "_id": id_}})
    return Action(id_, (head, orjson.dumps(source, option=orjson.OPT_SERIALIZE_NUMPY)))


def delete(index: str, id_: str) -> Action:
    return Action(id_, (orjson.dumps({"delete": {"_index": index, "_id": id_}}),))


class Bulk:
    """Holds one part in memory. `room`, in bytes, is halved when the server refuses and grows again, slowly, when it takes:
    doubled each time, every other part would be refused by a server that is always short of memory."""

    def __init__(self, client: Elasticsearch, numbers: Write, wait: Callable[[float], None] = time.sleep) -> None:
        self._client = client.options(max_retries=0, retry_on_status=())
        self._numbers = numbers
        self._wait = wait
        self.room = numbers.bytes
        self.refused = 0

    def write(self, actions: Iterable[Action]) -> None:
        """Returns when all were taken. Raises EngineUnavailable when nothing is taken for `give_up` seconds, and
        IndexMismatch for an action that the server will never take."""
        held: list[Action] = []
        for action in actions:
            held.append(action)
            if len(held) >= self._numbers.actions:
                self._send(held)
                held = []
        self._send(held)

    def _send(self, left: list[Action]) -> None:
        pause, end = self._numbers.first_wait, time.monotonic() + self._numbers.give_up
        while left:
            part = self._part(left)
            again = self._try(part)
            left = [*again, *left[len(part) :]]
            if len(again) < len(part):
                self.room = min(self._numbers.bytes, int(self.room * self._numbers.growth) + 1)
                pause, end = self._numbers.first_wait, time.monotonic() + self._numbers.give_up
            if not again:
                continue
            self.refused += len(again)
            if time.monotonic() > end:
                raise EngineUnavailable(f"检索引擎{self._numbers.give_up:g}秒没有收下任何内容，线上仍是原来的版本")
            self._wait(min(pause * random.uniform(0.5, 1.0), left_of_publish()))
            pause = min(pause * 2, self._numbers.longest_wait)

    def _part(self, left: list[Action]) -> list[Action]:
        """As many as fit, one at least."""
        size, count = 0, 0
        for action in left:
            size += action.size
            if count and size > self.room:
                break
            count += 1
        return left[:count]

    def _try(self, part: list[Action]) -> list[Action]:
        """Those that are to be sent again."""
        try:
            # the client sends bytes as they are, whatever its signature says
            lines: Sequence[Any] = [line for action in part for line in action.lines]
            answer = self._client.bulk(operations=lines)
        except ApiError as error:
            if error.status_code not in BUSY and (error.status_code != _TOO_LARGE or len(part) == 1):
                raise
            self._shrink(part)
            return part
        except TransportError:
            return part
        if not answer["errors"]:
            return []
        again = []
        for action, item in zip(part, answer["items"], strict=True):
            (kind, said) = next(iter(item.items()))
            if said["status"] in BUSY:
                again.append(action)
            elif "error" in said and not (kind == "delete" and said["status"] == _NOT_THERE):
                reason = said["error"].get("reason", said["error"])
                raise IndexMismatch(f"Elasticsearch 不收「{action.id}」：{reason}")
        if again:
            self._shrink(part)
        return again

    def _shrink(self, part: list[Action]) -> None:
        self.room = max(1, min(self.room, sum(action.size for action in part)) // 2)

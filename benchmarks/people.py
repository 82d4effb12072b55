"""People as the product meets them: one kept-alive connection each, one request at a time, times in seconds."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.parse
from typing import Any

PRESS = "{option}"
REQUEST_TIMEOUT_SECONDS = 30.0


class UnexpectedAnswer(Exception):
    """The product did not answer 200: a time measured on errors would be a lie."""


class Person:
    """Asks one thing after the other and says how long each took."""

    def __init__(self, base: str) -> None:
        self._connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=REQUEST_TIMEOUT_SECONDS)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[float, Any]:
        """Seconds from sending to the last byte, and the parsed answer.

        Raises:
            UnexpectedAnswer: the status is not 200.
        """
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if data else {}
        begun = time.perf_counter()
        self._connection.request(method, path, data, headers)
        answer = self._connection.getresponse()
        raw = answer.read()
        seconds = time.perf_counter() - begun
        if answer.status != 200:
            raise UnexpectedAnswer(f"{method} {path}: {answer.status} {raw[:300].decode(errors='replace')}")
        return seconds, json.loads(raw)

    def search(self, text: str) -> float:
        return self.ask("GET", "/v1/search?" + urllib.parse.urlencode({"q": text}))[0]

    def chat(self, conversation: str, script: list[str]) -> list[float]:
        """Says each line of the script in turn; `{option}` presses the first option offered last, if there was one."""
        times: list[float] = []
        options: list[str] = []
        for line in script:
            said: dict[str, Any] = {"conversation": conversation}
            if line == PRESS and not options:
                continue
            said |= {"choice": options[0]} if line == PRESS else {"text": line}
            seconds, answer = self.ask("POST", "/v1/chat", said)
            times.append(seconds)
            options = [option["id"] for message in answer["messages"] for option in message.get("options") or []]
        return times


def several_people(base: str, people: int, conversations: int, scripts: list[list[str]]) -> tuple[list[float], float]:
    """Everyone at once: the times of all turns, and the wall time in seconds."""
    times: list[float] = []
    failures: list[Exception] = []

    def one(number: int) -> None:
        try:
            person = Person(base)
            for turn in range(conversations):
                times.extend(person.chat(f"bench-{people}-{number}-{turn}", scripts[(number + turn) % len(scripts)]))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return times, time.perf_counter() - begun

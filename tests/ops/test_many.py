"""Two workers behind nginx on one PostgreSQL and one Elasticsearch, as `make run-many` starts them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from scripts.processes import ROOT
from scripts.run import free_port
from search_api.accounts import Accounts, Role
from search_api.database import open_database

READY_SECONDS = 600.0
STOP_SECONDS = 30.0
pytestmark = pytest.mark.timeout(900)  # of a full machine: two of everything start at once
SOON_SECONDS = 2.0
"""Within which an edit is to be served by every worker."""
HUNG_SECONDS = 10.0
"""A search on an Elasticsearch that hangs, at most: one try of 3 s on each of two workers, and what a full machine adds."""
PASSWORD = "正确的密码很长啊啊啊"
OPENING = "身份证丢了怎么补办"


@dataclass(frozen=True)
class Many:
    """`base` is nginx; `workers` are the addresses behind it."""

    base: str
    workers: list[str]
    database: str
    folder: Path

    def pid(self, number: int) -> int | None:
        file = self.folder / "log" / f"search-{number}.pid"
        return int(file.read_text() or 0) or None if file.exists() else None

    def turns_of(self, number: int) -> float:
        text = httpx.get(f"{self.workers[number]}/metrics", timeout=10).text
        found = re.search(r'^chat_turns_total\{end="answered"\} (\S+)', text, re.MULTILINE)
        return float(found.group(1)) if found else 0.0


@pytest.fixture(scope="module")
def many() -> Iterator[Many]:
    # not under pytest's own folder, which it closes to the users that the servers become
    with tempfile.TemporaryDirectory(prefix="many-") as folder:
        yield from started(Path(folder))


def started(folder: Path) -> Iterator[Many]:
    state, console = folder / "state.json", folder / "console.log"
    limits = {"RATE_PER_SECOND": "10000", "RATE_BURST": "10000"}
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ELASTICSEARCH_URL")}
    command = [sys.executable, "-m", "scripts.run_many", "--no-setup", "--port", str(free_port())]
    command += ["--folder", str(folder), "--state", str(state)]
    with console.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**env, **limits}, stdout=out, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + READY_SECONDS
            while not state.exists():
                assert process.poll() is None, console.read_text(errors="replace")[-4000:]
                assert time.monotonic() < end, console.read_text(errors="replace")[-4000:]
                time.sleep(0.1)
            told = json.loads(state.read_text())
            yield Many(told["base"], told["workers"], told["DATABASE_URL"], folder)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> float:
    """Seconds until the look that found that it holds, without what the look itself took."""
    begun = looked = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it did not come to hold"
        time.sleep(0.05)
        looked = time.monotonic()
    return looked - begun


def ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def shared_by_others() -> float:
    """How many times as long everything takes here now, 1 where the machine is ours."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def replaced(many: Many, number: int, pid: int) -> bool:
    return many.pid(number) not in (None, pid)


def chat(base: str, conversation: str, text: str, turn: str | None = None) -> httpx.Response:
    body = {"conversation": conversation, "text": text, "turn": turn or uuid.uuid4().hex}
    return httpx.post(f"{base}/v1/chat", json=body, headers={"x-conversation": conversation}, timeout=40)


def test_a_fresh_database_is_seeded_once(many: Many) -> None:
    engine = sa.create_engine(many.database)
    with engine.connect() as connection:
        again = connection.scalar(sa.text("SELECT count(*) FROM knowledge_versions WHERE number > 1"))
        revisions = connection.scalar(sa.text("SELECT count(*) FROM knowledge_revisions"))
        assert connection.scalar(sa.text("SELECT count(*) FROM knowledge_versions")) > 500
    engine.dispose()
    assert (again, revisions) == (0, 1)


def test_an_edit_made_through_one_is_served_by_all(many: Many) -> None:
    database = open_database(many.database)
    accounts = Accounts(database)
    for name, role in (("编辑", Role.EDITOR), ("审核", Role.REVIEWER), ("管理", Role.ADMINISTRATOR)):
        accounts.add(name, PASSWORD, role)
    heads = {name: {"authorization": f"Bearer {accounts.sign_in(name, PASSWORD)}"} for name in ("编辑", "审核", "管理")}
    database.dispose()
    with httpx.Client(base_url=f"{many.workers[0]}/v1/maintain", timeout=60) as client:

        def done(answer: httpx.Response) -> dict[str, object]:
            assert answer.is_success, answer.text
            found: dict[str, object] = answer.json()
            return found

        newest = done(client.get("/records/item/passport", headers=heads["编辑"]))["newest"]
        assert isinstance(newest, dict)
        body = newest["body"] | {"aliases": [*newest["body"]["aliases"], "出洋通关文牒"]}
        draft = {"kind": "item", "body": body, "reason": "试一试", "base": newest["id"]}
        version = done(client.post("/drafts", json=draft, headers=heads["编辑"]))["id"]
        done(client.post(f"/versions/{version}/submit", headers=heads["编辑"]))
        done(client.post(f"/versions/{version}/approve", json={}, headers=heads["审核"]))
        done(client.post("/publish", json={"versions": [version]}, headers=heads["管理"]))

    def served(base: str) -> bool:
        hits = httpx.get(f"{base}/v1/search", params={"q": "出洋通关文牒"}, timeout=10).json()["hits"]
        page = httpx.get(f"{base}/v1/items/passport", timeout=10).json()
        return bool(hits) and hits[0]["id"] == "passport" and "出洋通关文牒" in page["aliases"]

    with ThreadPoolExecutor(3) as looking:
        waits = list(looking.map(lambda base: eventually(partial(served, base)), (*many.workers, many.base)))
    print(f"served by each worker and through nginx after {[round(w, 2) for w in waits]} s")
    assert max(waits) < SOON_SECONDS * shared_by_others(), waits


def test_a_conversation_stays_on_one_worker_and_another_can_go_on_with_it(many: Many) -> None:
    before = [many.turns_of(n) for n in range(2)]
    conversation = f"many-stays-{uuid.uuid4().hex[:8]}"
    for text in (OPENING, "要多少钱", "去哪办"):
        assert chat(many.base, conversation, text).status_code == 200
    grown = [many.turns_of(n) - b for n, b in enumerate(before)]
    assert sorted(grown) == [0, 3], grown
    other = many.workers[grown.index(0)]
    answer = chat(other, conversation, "要多少钱")
    assert answer.status_code == 200
    same = chat(many.workers[grown.index(3)], conversation, "要多少钱")
    assert [m.get("text") for m in answer.json()["messages"]] == [m.get("text") for m in same.json()["messages"]]


def test_a_turn_sent_again_is_answered_once(many: Many) -> None:
    conversation, turn = f"many-again-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    first = chat(many.workers[0], conversation, OPENING, turn)
    again = chat(many.workers[1], conversation, OPENING, turn)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert len(httpx.get(f"{many.base}/v1/chat/{conversation}", timeout=10).json()["turns"]) == 1


def test_one_that_is_killed_loses_no_request(many: Many) -> None:
    eventually(lambda: all(ready(worker) for worker in many.workers))
    stop, answers, failures = threading.Event(), [0], []
    lock = threading.Lock()

    def count(answer: httpx.Response) -> None:
        with lock:
            answers[0] += 1
            if answer.status_code != 200:
                failures.append(f"{answer.request.url} {answer.status_code} {answer.text[:200]}")

    def search(number: int) -> None:
        with httpx.Client(base_url=many.base, timeout=40) as client:
            while not stop.is_set():
                count(client.get("/v1/search", params={"q": f"身份证{number}"}))

    def talk(number: int) -> str:
        conversation = f"many-talk-{number}-{uuid.uuid4().hex[:8]}"
        while not stop.is_set():
            count(chat(many.base, conversation, OPENING))
        return conversation

    with ThreadPoolExecutor(6) as people:
        searching = [people.submit(search, n) for n in range(3)]
        talking = [people.submit(talk, n) for n in range(3)]
        for number in range(2):
            time.sleep(2)
            pid = many.pid(number)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            time.sleep(2)
            eventually(partial(replaced, many, number, pid))
            eventually(partial(ready, many.workers[number]))
        stop.set()
        for work in searching:
            work.result()
        conversations = [work.result() for work in talking]
    print(f"{answers[0]} requests, {len(failures)} failed")
    assert not failures, failures[:3]
    assert answers[0] > 20
    for conversation in conversations:
        said = httpx.get(f"{many.base}/v1/chat/{conversation}", timeout=10).json()["turns"]
        assert said, "the turns are kept"


def test_while_elasticsearch_hangs_people_are_told_at_once_and_then_it_answers_again(many: Many) -> None:
    server = int((many.folder / "elasticsearch" / "pid").read_text())

    def ask(number: int) -> tuple[int, str, float]:
        begun = time.monotonic()
        answer = httpx.get(f"{many.base}/v1/search", params={"q": f"护照{number}"}, timeout=60)
        return answer.status_code, answer.headers["content-type"], time.monotonic() - begun

    assert ready(many.base)
    os.kill(server, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(16) as people:
            answers = list(people.map(ask, range(96)))
        assert {(status, kind) for status, kind, _ in answers} == {(503, "application/problem+json")}
        assert max(seconds for _, _, seconds in answers) < HUNG_SECONDS * shared_by_others()
        eventually(lambda: not any(map(ready, many.workers)))
        assert httpx.get(f"{many.base}/v1/items/passport", timeout=10).status_code == 200
        assert "119" in chat(many.base, f"many-fire-{uuid.uuid4().hex[:8]}", "着火了快来人").text
    finally:
        os.kill(server, signal.SIGCONT)
    eventually(lambda: all(map(ready, many.workers)))
    assert httpx.get(f"{many.base}/v1/search", params={"q": "护照"}, timeout=10).json()["hits"]


def test_what_is_not_for_people_stays_inside(many: Many) -> None:
    for path in ("/metrics", "/internal/dialogue"):
        assert httpx.get(many.base + path, timeout=10).status_code == 404
    assert httpx.get(f"{many.base}/healthz", timeout=10).json() == {"status": "ok"}

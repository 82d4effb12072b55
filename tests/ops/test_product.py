"""The whole product under its supervisor: what people still get while a part is down, and that nothing stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from scripts.processes import ROOT
from scripts.run import free_port
from scripts.running import Product, running_product
from tests.ops.test_supervisor import alive

LIMIT_SECONDS = 60.0
LISTENING = 0x0A  # include/net/tcp_states.h
LOOPBACK = "0100007F"


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def listening_addresses(pid: int) -> set[str]:
    """Local addresses, as the kernel writes them in hexadecimal, on which the process accepts connections."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(handle) if handle.is_symlink() else ""
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and int(fields[3], 16) == LISTENING:
                found.add(fields[1].split(":")[0])
    return found


def chat(product: Product, conversation: str, text: str) -> httpx.Response:
    return httpx.post(f"{product.base}/v1/chat", json={"conversation": conversation, "text": text}, timeout=30)


def said(product: Product, conversation: str) -> object:
    answer = httpx.get(f"{product.base}/v1/chat/{conversation}")
    assert answer.status_code == 200
    return answer.json()


def ready(product: Product) -> bool:
    return httpx.get(f"{product.base}/readyz").status_code == 200


def test_every_process_listens_on_loopback_alone(product: Product) -> None:
    pids = product.pids()
    assert set(pids) == {"search", "rasa", "actions"}
    for name, pid in pids.items():
        assert listening_addresses(pid) == {LOOPBACK}, name


def test_the_console_does_not_tell_the_secret(product: Product) -> None:
    assert ready(product)
    assert product.internal_token not in product.console()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("own")) as running:
        yield running


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_a_killed_part_comes_back_and_the_conversation_goes_on(own: Product, name: str) -> None:
    assert eventually(lambda: ready(own))
    conversation = f"ops-killed-{name}"
    assert chat(own, conversation, "身份证丢了怎么补办").status_code == 200
    before = said(own, conversation)
    killed = own.pids()[name]
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: own.pids().get(name, killed) != killed)
    assert f"{name:<7} │ ✗ ended by itself (signal SIGKILL)" in own.console()
    assert eventually(lambda: chat(own, f"{conversation}-other", "身份证丢了怎么补办").status_code == 200)
    assert said(own, conversation) == before
    assert chat(own, conversation, "要多少钱").status_code == 200


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_while_a_part_hangs_search_and_emergencies_are_answered(own: Product, name: str) -> None:
    assert eventually(lambda: ready(own))
    hung = own.pids()[name]
    os.kill(hung, signal.SIGSTOP)
    try:
        answer = chat(own, f"ops-hung-{name}", "身份证丢了怎么补办")
        assert answer.status_code in ((503,) if name == "rasa" else (200, 503))
        if answer.status_code == 503:
            assert answer.headers["content-type"].startswith("application/problem+json")
        assert eventually(lambda: not ready(own))
        assert httpx.get(f"{own.base}/v1/search", params={"q": "身份证"}).json()["hits"]
        emergency = chat(own, f"ops-hung-{name}-emergency", "着火了快来人")
        assert emergency.status_code == 200
        assert "119" in emergency.text
    finally:
        os.kill(hung, signal.SIGCONT)
    assert eventually(lambda: ready(own))
    assert chat(own, f"ops-hung-{name}-after", "身份证丢了怎么补办").status_code == 200


def test_a_taken_port_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = ["make", "--no-print-directory", "run", f"PORT={port}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode != 0
    assert f"port {port}" in done.stdout
    assert "PORT=" in done.stdout


@pytest.mark.parametrize(
    ("how", "number"),
    [
        ("exec make run PORT={port}", signal.SIGTERM),
        ("exec make run PORT={port}", signal.SIGKILL),
        # A script's background job, ended by ending the script.
        ("make run PORT={port} & echo; trap 'kill $!; wait' TERM; wait", signal.SIGTERM),
    ],
    ids=["terminated", "killed", "in a script's background"],
)
def test_make_run_leaves_nothing_behind(tmp_path: Path, how: str, number: signal.Signals) -> None:
    port = free_port()
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'product.sqlite'}", "MAKEFLAGS": ""}
    with (tmp_path / "console.log").open("wb") as output:
        command = ["bash", "-c", how.format(port=port)]
        shell = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, env=env, start_new_session=True)
    try:
        assert eventually(lambda: b"search and chat answer" in (tmp_path / "console.log").read_bytes())
        started = children_of(shell.pid)
        assert len(started) >= 4  # supervisor and its three
        shell.send_signal(number)
        shell.wait(LIMIT_SECONDS)
        assert eventually(lambda: not any(map(alive, started)))
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    """Every descendant of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *children_of(child)]
    return found

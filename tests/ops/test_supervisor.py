"""The supervisor as a user meets it: real processes, real signals, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ops.rooms import ROOT

LIMIT_SECONDS = 20.0
PROGRAM = """
import asyncio, sys
from pathlib import Path
from scripts.processes import die_with_parent
from scripts.supervisor import Service, Supervisor

die_with_parent()
folder = Path(sys.argv[1])
note = "echo $$ >> {0}.pids; echo hello from {0}; "
steady = Service("steady", ["bash", "-c", note.format(folder / "steady") + "exec sleep 600"])
failing = Service("failing", ["bash", "-c", note.format(folder / "failing") + "sleep 0.2; exit 3"])
loop = "while true; do sleep 0.1; done"
deaf = Service("deaf", ["bash", "-c", "trap '' TERM; " + note.format(folder / "deaf") + loop])
chosen = [service for service in (steady, failing, deaf) if service.name in sys.argv[2:]]
supervisor = Supervisor(chosen, folder, stop_after=1.0)


async def started() -> None:
    print("started", flush=True)


asyncio.run(supervisor.run(started))
print("all stopped", flush=True)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def pids(folder: Path, name: str) -> list[int]:
    file = folder / f"{name}.pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def run(*names: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        command = [*prefix, sys.executable, "-c", PROGRAM, str(tmp_path), *names]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        begun.append(process)
        assert eventually(lambda: all(pids(tmp_path, name) for name in names))
        return process

    yield run
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    supervisor = start("steady")
    (child,) = pids(tmp_path, "steady")
    supervisor.send_signal(number)
    output, _ = supervisor.communicate(timeout=LIMIT_SECONDS)
    assert supervisor.returncode == 0
    assert output.rstrip().endswith("all stopped")
    assert not alive(child)


def test_sigint_works_where_it_was_inherited_ignored(start: Start, tmp_path: Path) -> None:
    # As in a script's background job.
    supervisor = start("steady", prefix=("bash", "-c", "trap '' INT; exec \"$@\"", "bash"))
    supervisor.send_signal(signal.SIGINT)
    supervisor.communicate(timeout=LIMIT_SECONDS)
    assert not alive(pids(tmp_path, "steady")[0])


def test_killed_outright_it_leaves_no_orphan(start: Start, tmp_path: Path) -> None:
    supervisor = start("steady")
    (child,) = pids(tmp_path, "steady")
    supervisor.kill()
    assert eventually(lambda: not alive(child))


def test_a_process_that_ends_is_started_again_with_growing_pauses(start: Start, tmp_path: Path) -> None:
    supervisor = start("steady", "failing")
    assert eventually(lambda: len(pids(tmp_path, "failing")) >= 3)
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=LIMIT_SECONDS)
    assert "exit code 3); starting it again in 0.5 s" in output
    assert "exit code 3); starting it again in 1 s" in output
    assert len(pids(tmp_path, "steady")) == 1, "the others are left alone"


def test_a_killed_process_is_named_and_started_again(start: Start, tmp_path: Path) -> None:
    supervisor = start("steady")
    os.kill(pids(tmp_path, "steady")[0], signal.SIGKILL)
    assert eventually(lambda: len(pids(tmp_path, "steady")) == 2)
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=LIMIT_SECONDS)
    assert "signal SIGKILL" in output


def test_a_process_that_does_not_listen_is_killed(start: Start, tmp_path: Path) -> None:
    supervisor = start("deaf")
    (child,) = pids(tmp_path, "deaf")
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=LIMIT_SECONDS)
    assert "killed" in output
    assert not alive(child)


def test_output_goes_to_the_console_with_a_prefix_and_to_its_own_log(start: Start, tmp_path: Path) -> None:
    supervisor = start("steady")
    log = tmp_path / "steady.log"
    assert eventually(lambda: log.exists() and "hello from" in log.read_text())
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=LIMIT_SECONDS)
    assert "steady │ hello from" in output

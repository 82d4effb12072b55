"""Small process helpers. Standard library only, Python 3.9 or later: they run before any environment exists."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
HEARTBEAT_SECONDS = 20.0
TAIL_LINES = 30
STOP_SECONDS = 5.0


class Failed(Exception):
    """A step that could not be done; the message says what is missing or where the log is."""


def die_with_parent() -> None:
    """Asks the kernel to end this process when the one that started it ends, however that happens (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(text: str) -> None:
    print(text, flush=True)


def relative(path: Path) -> str:
    """The path as a reader of the repository writes it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Holds the lock `var/NAME.lock`; waits, and says so, while another process holds it."""
    VAR.mkdir(exist_ok=True)
    with (VAR / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting for another {name} to finish")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def open_to_others(folder: Path) -> None:
    """Makes a folder that a server which gives up being root can reach and write."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o777)
    for parent in folder.resolve().parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)


def run_logged(
    argv: Sequence[str], log: Path, *, timeout: float, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> None:
    """Runs a command with its output in `log`, a sign of life every 20 s, and an upper bound in seconds.

    Raises:
        Failed: the command is missing, ended with an error or took longer than `timeout`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"$ {' '.join(argv)}\n".encode())
        output.flush()
        try:
            child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                # A group of its own, so that what it starts itself can be ended with it.
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except FileNotFoundError as error:
            raise Failed(f"{argv[0]} was not found") from error
        try:
            _wait(child, timeout)
        except BaseException:
            _end_group(child)
            raise
    if child.returncode:
        tail = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        raise Failed("\n".join([*tail, f"{argv[0]} ended with {child.returncode}; whole output: {relative(log)}"]))


def end_on_sigterm() -> None:
    """SIGTERM raises SystemExit from here on, so that a command being run is ended before this process is."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def _end_group(child: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)


def _wait(child: subprocess.Popen[bytes], timeout: float) -> None:
    started = time.monotonic()
    while True:
        elapsed = time.monotonic() - started
        if elapsed > timeout:
            raise Failed(f"stopped after {timeout:.0f} s without an end")
        try:
            child.wait(min(HEARTBEAT_SECONDS, timeout - elapsed + 0.1))
            return
        except subprocess.TimeoutExpired:
            say(f"  … still working, {time.monotonic() - started:.0f} s")

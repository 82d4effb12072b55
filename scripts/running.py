"""Starts and stops the whole product for tests and benchmarks, as `make run` does, with a database of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.processes import ROOT
from scripts.run import free_port

READY_SECONDS = 120.0
STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Product:
    """A running product: its address, the secret its processes share, and their first process ids by name."""

    base: str
    internal_token: str
    pids: Mapping[str, int]
    supervisor: int
    seconds_to_ready: float
    console: Path

    def stop_process(self, name: str) -> None:
        """Freezes one process (SIGSTOP): it is neither gone nor answering."""
        os.kill(self.pids[name], signal.SIGSTOP)

    def continue_process(self, name: str) -> None:
        os.kill(self.pids[name], signal.SIGCONT)


@contextlib.contextmanager
def running_product(folder: Path, **environment: str) -> Iterator[Product]:
    """Migrates a fresh database in `folder`, starts everything, waits until chat answers too, and stops it after."""
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'product.sqlite'}", **environment}
    migrate = [sys.executable, "-m", "alembic", "-c", "search_api/alembic.ini", "upgrade", "head"]
    subprocess.run(migrate, cwd=ROOT, env=env, check=True, timeout=60, capture_output=True)
    state, console = folder / "state.json", folder / "console.log"
    command = [sys.executable, "-m", "scripts.run", "--no-setup", "--port", str(free_port()), "--state", str(state)]
    with console.open("wb") as output:
        supervisor = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(state, supervisor, console)
            told = json.loads(state.read_text())
            yield Product(told["base"], told["INTERNAL_TOKEN"], told["pids"], supervisor.pid, told["seconds"], console)
        finally:
            supervisor.terminate()
            try:
                supervisor.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()


def _wait_for(state: Path, supervisor: subprocess.Popen[bytes], console: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while not state.exists():
        if supervisor.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the product did not become ready:\n" + console.read_text(errors="replace")[-8000:])
        time.sleep(0.05)

"""Starts and stops the whole product for tests and benchmarks, as `make run` does, with a database of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.processes import ROOT
from scripts.run import free_port
from scripts.supervisor import ENDED

READY_SECONDS = 120.0
STOP_SECONDS = 30.0
HOPELESS_ENDS = 3


@dataclass(frozen=True)
class Product:
    """A running product: its address, the secret its processes share, and where it writes."""

    base: str
    internal_token: str
    seconds_to_ready: float
    supervisor: int
    folder: Path

    def pids(self) -> dict[str, int]:
        """Process ids by name, of those running now."""
        files = (self.folder / "log").glob("*.pid")
        return {file.stem: int(text) for file in files if (text := file.read_text())}

    def console(self) -> str:
        """All that the supervisor printed so far."""
        return (self.folder / "console.log").read_text(errors="replace")


@contextlib.contextmanager
def running_product(folder: Path, **environment: str) -> Iterator[Product]:
    """Starts everything with a fresh database in `folder`, waits until chat answers too, and stops it after.

    All requests come from one address, faster than the limit lets one address ask: it is raised unless given.
    """
    fresh = {
        "DATABASE_URL": f"sqlite:///{folder / 'product.sqlite'}",
        "RATE_PER_SECOND": "10000",
        "RATE_BURST": "10000",
    }
    env = {**os.environ, **fresh, **environment}
    state, console = folder / "state.json", folder / "console.log"
    command = [sys.executable, "-m", "scripts.run", "--no-setup", "--port", str(free_port())]
    command += ["--state", str(state), "--logs", str(folder / "log")]
    with console.open("wb") as output:
        supervisor = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(state, supervisor, console)
            told = json.loads(state.read_text())
            yield Product(told["base"], told["INTERNAL_TOKEN"], told["seconds"], supervisor.pid, folder)
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
        told = console.read_text(errors="replace")
        if supervisor.poll() is not None or time.monotonic() > end or told.count(ENDED) >= HOPELESS_ENDS:
            raise RuntimeError(f"the product did not become ready:\n{told[-8000:]}")
        time.sleep(0.05)

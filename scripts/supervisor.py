"""Keeps a set of processes running: one console, one log file each, restart with back-off, and all end together.

Own code after a look at the libraries: honcho ends everything when one process ends and restarts nothing;
supervisord and circus want a configuration file, give up or print nothing to the console, and would still need
the readiness and port code of run.py around them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import ROOT, die_with_parent, say

FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
# A process that lived this long was healthy: its next end is a new trouble, not the same one.
HEALTHY_SECONDS = 60.0
STOP_SECONDS = 10.0
LONGEST_LINE_BYTES = 1 << 20
LARGEST_LOG_BYTES = 20 << 20
ENDED = "ended by itself"


@dataclass(frozen=True)
class Service:
    """One process: what it is called, how it is started, and what it gets in its environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


class Supervisor:
    """Runs services until `stop` is called; a service that ends by itself is started again.

    `logs` gets NAME.log, and NAME.pid while that service runs.
    """

    def __init__(self, services: Sequence[Service], logs: Path, *, stop_after: float = STOP_SECONDS) -> None:
        self._services = services
        self._logs = logs
        self._stop_after = stop_after
        self._width = max(len(service.name) for service in services)
        self._stopping = asyncio.Event()

    async def run(self, started: Callable[[], Awaitable[None]]) -> None:
        """Starts everything, awaits `started` beside it, and returns once every process has ended."""
        loop = asyncio.get_running_loop()
        # Set explicitly: a script's background job inherits SIGINT ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)
        self._logs.mkdir(parents=True, exist_ok=True)
        beside = asyncio.create_task(_quietly(started()))
        try:
            await asyncio.gather(*(self._keep(service) for service in self._services))
        finally:
            beside.cancel()

    def stop(self) -> None:
        """Asks every process to end; those that have not after `stop_after` seconds are killed."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    async def _keep(self, service: Service) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while not self.stopping:
            begun = time.monotonic()
            code = await self._run_once(service)
            if self.stopping:
                return
            if time.monotonic() - begun > HEALTHY_SECONDS:
                backoff = FIRST_BACKOFF_SECONDS
            self._tell(service, f"✗ {ENDED} ({_describe(code)}); starting it again in {backoff:g} s")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), backoff)
            backoff = min(backoff * 2, LONGEST_BACKOFF_SECONDS)

    async def _run_once(self, service: Service) -> int:
        try:
            process = await asyncio.create_subprocess_exec(
                *service.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                cwd=service.cwd,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **service.env},
                limit=LONGEST_LINE_BYTES,
                # A group of its own: Ctrl-C reaches the supervisor alone, which ends the others in order.
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except OSError as error:
            self._tell(service, f"✗ {error}")
            return 127
        pid_file = self._logs / f"{service.name}.pid"
        pid_file.write_text(str(process.pid))
        reader = asyncio.create_task(self._copy_output(service, process))
        stop = asyncio.create_task(self._stopping.wait())
        end = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({stop, end}, return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                await self._end(service, process, end)
            code = await end
        finally:
            stop.cancel()
            # What it started itself must not outlive it.
            _signal_group(process.pid, signal.SIGKILL)
            pid_file.unlink(missing_ok=True)
        await reader
        return code

    async def _end(self, service: Service, process: asyncio.subprocess.Process, end: asyncio.Task[int]) -> None:
        _signal_group(process.pid, signal.SIGTERM)
        done, _ = await asyncio.wait({end}, timeout=self._stop_after)
        if not done:
            self._tell(service, f"✗ did not stop within {self._stop_after:g} s: killed")
            _signal_group(process.pid, signal.SIGKILL)

    async def _copy_output(self, service: Service, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        path = self._logs / f"{service.name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab", buffering=0) as log:
            while True:
                try:
                    line = await process.stdout.readline()
                except ValueError:  # a line over the limit; asyncio has dropped it
                    line = b"(a line over 1 MB was left out)\n"
                if not line:
                    return
                log.write(line)
                self._tell(service, line.decode(errors="replace").rstrip())

    def _tell(self, service: Service, text: str) -> None:
        # A console that went away (a closed pipe) must not take the services with it.
        with contextlib.suppress(OSError):
            say(f"{service.name:<{self._width}} │ {text}")


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def _quietly(work: Awaitable[None]) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception as error:  # the services run on; what failed is only the watching of them
        print(f"✗ {error!r}", file=sys.stderr, flush=True)

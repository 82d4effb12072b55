"""Sets the product up, then runs all its processes until Ctrl-C, SIGTERM or the end of whatever started it.

usage: python -m scripts.run [--port 8000] [--host 127.0.0.1] [--no-setup] [--logs FOLDER] [--state FILE]

Processes: `search` (the public API and web pages), `rasa` and `actions` (loopback only, on free ports).
They learn of each other, and of a random shared secret, by their environment:
INTERNAL_TOKEN, PRODUCT_URL, RASA_URL, ACTIONS_URL (docs/architecture.md). `--state` gets the same
as JSON once all is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from scripts.environments import python_of
from scripts.processes import VAR, Failed, die_with_parent, end_on_sigterm, say
from scripts.setup import set_up
from scripts.supervisor import Service, Supervisor

POLL_SECONDS = 0.1
POLL_TIMEOUT_SECONDS = 2.0
RASA_MODEL = VAR / "rasa" / "models"  # the newest archive in it
FALLBACK_ENCODER = "multilingual-e5-small"  # index/e5.py
LOOPBACK = "127.0.0.1"
ENVIRONMENT = {
    # one thread per numeric library: the processes share the cores
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # glibc would give each of forty threads a heap of its own, and none of them gives memory back
    "MALLOC_ARENA_MAX": "2",
}
# The encoder's weights in pages of 2 MB: a rare query finds them in no cache, and they are read a sixth faster so.
SEARCH_ENVIRONMENT = {**ENVIRONMENT, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def check_port(host: str, port: int) -> None:
    """Raises Failed when the public port cannot be bound."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failed(f"port {port} on {host}: {error.strerror}; choose another: make run PORT=…") from error


def addresses(port: int) -> dict[str, str]:
    """The environment by which the processes find and trust each other."""
    return {
        "INTERNAL_TOKEN": os.environ.get("INTERNAL_TOKEN") or secrets.token_urlsafe(32),
        "PRODUCT_URL": f"http://{LOOPBACK}:{port}",
        "RASA_URL": f"http://{LOOPBACK}:{free_port()}",
        "ACTIONS_URL": f"http://{LOOPBACK}:{free_port()}",
    }


def services(host: str, port: int, shared: Mapping[str, str]) -> list[Service]:
    """What is started."""
    # Rasa's old libraries warn about each other at every start; nobody here can act on it.
    quiet = {
        **ENVIRONMENT,
        **shared,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    rasa, actions = (port_of(shared[name]) for name in ("RASA_URL", "ACTIONS_URL"))
    rasa_python = str(python_of("rasa"))
    uvicorn = [str(python_of("product")), "-m", "uvicorn", "--no-access-log", "--log-level", "warning"]
    return [
        Service(
            "search",
            [*uvicorn, "search_api.app:create_app", "--factory", "--host", host, "--port", str(port)],
            {**SEARCH_ENVIRONMENT, **shared},
        ),
        Service("rasa", [rasa_python, "assistant/serve.py", "--model", str(RASA_MODEL), "--port", str(rasa)], quiet),
        Service(
            "actions",
            [rasa_python, "-m", "rasa_sdk", "--quiet", "--actions", "assistant.actions", "--port", str(actions)],
            # The action server has no option for the address it binds, and binds them all.
            {**quiet, "SANIC_HOST": LOOPBACK},
        ),
    ]


def port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


def status_of(url: str) -> int:
    """The HTTP status of a GET, or 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=POLL_TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


async def announce(base: str, begun: float, shared: Mapping[str, str], state: Path | None) -> None:
    """Says once that pages and search answer, and once that chat does too; then writes the state file."""
    for path, what in (
        ("/healthz", f"{base}/  the pages are there, chat is warming up"),
        ("/readyz", "search and chat answer"),
    ):
        while await asyncio.to_thread(status_of, base + path) != 200:
            await asyncio.sleep(POLL_SECONDS)
        say(f"✓ {what} ({time.monotonic() - begun:.1f} s)")
    if {path.parent.name for path in (VAR / "encoder").glob("*/encoder.json")} == {FALLBACK_ENCODER}:
        say(f"  search uses the fallback encoder ({FALLBACK_ENCODER}) and is a little less exact; once Maven is here:")
        say("  .venv/bin/python -m index fetch-encoder, and make run again")
    if state:
        ready = {"base": base, "seconds": time.monotonic() - begun, **shared}
        draft = state.with_suffix(".part")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(ready))
        draft.replace(state)


async def serve(host: str, port: int, logs: Path, state: Path | None, begun: float) -> None:
    shared = addresses(port)
    supervisor = Supervisor(services(host, port, shared), logs)
    base = f"http://{LOOPBACK if host == '0.0.0.0' else host}:{port}"
    await supervisor.run(lambda: announce(base, begun, shared, state))
    say("✓ all stopped")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--no-setup", action="store_true", help="start what is there, as the tests do")
    parser.add_argument("--logs", type=Path, default=VAR / "log", help="where each process writes its log")
    parser.add_argument("--state", type=Path, help="write addresses and the secret here once all is ready")
    arguments = parser.parse_args()
    die_with_parent()
    end_on_sigterm()
    begun = time.monotonic()
    try:
        check_port(arguments.host, arguments.port)
        if not arguments.no_setup and set_up():
            begun = time.monotonic()
    except Failed as error:
        say(f"✗ {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    asyncio.run(serve(arguments.host, arguments.port, arguments.logs, arguments.state, begun))


if __name__ == "__main__":
    main()

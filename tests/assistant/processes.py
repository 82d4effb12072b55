"""The assistant's two real processes and a stand-in for the product, each on a free port of loopback."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from scripts.run import free_port
from tests.assistant import project

TOKEN = "a-token-for-tests"
START_SECONDS = 90.0
STOP_SECONDS = 10.0


@dataclass
class StandInProduct:
    """Answers `/internal/dialogue` as `answer` says and remembers what was asked."""

    answer: Callable[[dict[str, Any]], tuple[int, bytes]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


def reply(outcome: str, **more: Any) -> tuple[int, bytes]:
    return 200, json.dumps({"outcome": outcome, **more}, ensure_ascii=False).encode()


@contextmanager
def serving(product: StandInProduct) -> Iterator[str]:
    """The stand-in's base URL while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            product.asked.append({"path": self.path, **body})
            product.tokens.append(self.headers.get("x-internal-token", ""))
            status, answer = product.answer(body)
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def running(arguments: list[str], environment: dict[str, str], health: str, log: Path) -> Iterator[None]:
    """A process of the assistant's own Python, until `health` answers 200; ended and awaited afterwards."""
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RASA_TELEMETRY_ENABLED": "false"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(project.RASA_PYTHON), *arguments],
            cwd=project.ROOT,
            env={**os.environ, **quiet, **environment},
            stdout=out,
            stderr=out,
        )
        try:
            _await(process, health, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(health, timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"it did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def action_server(product_url: str, log: Path) -> Iterator[str]:
    port = free_port()
    environment = {"PRODUCT_URL": product_url, "INTERNAL_TOKEN": TOKEN, "SANIC_HOST": "127.0.0.1"}
    arguments = ["-m", "rasa_sdk", "--actions", "assistant.actions", "--port", str(port)]
    with running(arguments, environment, f"http://127.0.0.1:{port}/health", log):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def rasa_server(actions_url: str, log: Path) -> Iterator[str]:
    port = free_port()
    arguments = ["assistant/serve.py", "--model", str(project.MODEL), "--port", str(port)]
    with running(arguments, {"ACTIONS_URL": actions_url}, f"http://127.0.0.1:{port}/status", log):
        yield f"http://127.0.0.1:{port}"

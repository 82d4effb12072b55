"""Several workers behind nginx on one PostgreSQL and one Elasticsearch, on this machine, for try-outs and tests.

usage: python -m scripts.run_many [--workers 2] [--port 8000] [--host 127.0.0.1] [--folder FOLDER] [--no-setup] [--state FILE]

A worker is what `make run` starts: `search`, `rasa` and `actions`. DATABASE_URL and ELASTICSEARCH_URL name the servers where they
are set; else both are started here, with their data in the folder (var/many), and with them only what this machine sees.
nginx gets deploy/nginx.conf.template. On several machines each runs its workers, and one such nginx stands before them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scripts.local_elasticsearch import ElasticsearchNode
from scripts.local_postgresql import postgresql
from scripts.packages import nginx
from scripts.processes import ROOT, VAR, Failed, die_with_parent, end_on_sigterm, open_to_others, say
from scripts.run import LOOPBACK, POLL_SECONDS, addresses, check_port, free_port, port_of, services, status_of
from scripts.setup import set_up
from scripts.supervisor import Service, Supervisor

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
RATE, BURST = "50", "200"  # as search_api/settings.py
SERVER = "server {host}:{port} max_fails=0;"


def configuration(listen: str, folder: Path, ports: list[int]) -> str:
    """The template, filled in."""
    text = TEMPLATE.read_text("utf-8")
    values = {
        "LISTEN": listen,
        "FOLDER": str(folder),
        "SERVERS": "\n        ".join(SERVER.format(host=LOOPBACK, port=port) for port in ports),
        "RATE": os.environ.get("RATE_PER_SECOND", RATE),
        "BURST": os.environ.get("RATE_BURST", BURST),
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def nginx_service(host: str, port: int, folder: Path, ports: list[int]) -> Service:
    """Raises Failed where nginx is not installed."""
    program = nginx()
    if program is None:
        raise Failed("nginx is missing: make packages")
    open_to_others(folder)
    conf = folder / "nginx.conf"
    conf.write_text(configuration(f"{host}:{port}", folder, ports), "utf-8")
    return Service("nginx", [program, "-p", str(folder), "-c", str(conf), "-e", "stderr"])


def worker(number: int, shared: dict[str, str], servers: dict[str, str]) -> list[Service]:
    started = services(LOOPBACK, port_of(shared["PRODUCT_URL"]), shared)
    return [replace(s, name=f"{s.name}-{number}", env={**s.env, **servers}) for s in started]


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[dict[str, str]]:
    """DATABASE_URL and ELASTICSEARCH_URL: those given, else of servers of our own."""
    with contextlib.ExitStack() as stack:
        found = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "ELASTICSEARCH_URL")}
        if not found["DATABASE_URL"]:
            say("▸ PostgreSQL")
            found["DATABASE_URL"] = stack.enter_context(postgresql(folder / "postgresql"))
        if not found["ELASTICSEARCH_URL"]:
            say("▸ Elasticsearch")
            home = folder / "elasticsearch"
            open_to_others(home)
            node = ElasticsearchNode(home=home)
            stack.callback(node.stop)
            node.start()
            found["ELASTICSEARCH_URL"] = node.url
        yield found


async def announce(base: str, workers: list[dict[str, str]], found: dict[str, str], state: Path | None) -> None:
    begun = time.monotonic()
    for shared in workers:
        while await asyncio.to_thread(status_of, f"{shared['PRODUCT_URL']}/readyz") != 200:
            await asyncio.sleep(POLL_SECONDS)
    while await asyncio.to_thread(status_of, f"{base}/readyz") != 200:
        await asyncio.sleep(POLL_SECONDS)
    say(f"✓ {base}/  {len(workers)} workers answer ({time.monotonic() - begun:.1f} s)")
    if state:
        draft = state.with_suffix(".part")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"base": base, "workers": [w["PRODUCT_URL"] for w in workers], **found}))
        draft.replace(state)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--folder", type=Path, default=VAR / "many", help="data, logs and nginx's files")
    parser.add_argument("--no-setup", action="store_true")
    parser.add_argument("--state", type=Path, help="write the addresses here once all is ready")
    options = parser.parse_args()
    die_with_parent()
    end_on_sigterm()
    folder = options.folder.resolve()
    try:
        check_port(options.host, options.port)
        if not options.no_setup:
            set_up()
        with servers(folder) as found:
            workers = [addresses(free_port()) for _ in range(options.workers)]
            ports = [port_of(shared["PRODUCT_URL"]) for shared in workers]
            started = [s for n, shared in enumerate(workers) for s in worker(n, shared, found)]
            started.append(nginx_service(options.host, options.port, folder / "nginx", ports))
            base = f"http://{LOOPBACK if options.host == '0.0.0.0' else options.host}:{options.port}"
            supervisor = Supervisor(started, folder / "log")
            asyncio.run(supervisor.run(lambda: announce(base, workers, found, options.state)))
    except Failed as error:
        say(f"✗ {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    say("✓ all stopped")


if __name__ == "__main__":
    main()

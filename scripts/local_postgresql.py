"""A real PostgreSQL for tests and try-outs, from Debian's packages. It listens on loopback and trusts whoever comes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.packages import postgresql_programs
from scripts.processes import Failed, open_to_others
from scripts.run import LOOPBACK, free_port

START_SECONDS = 60


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """→ a SQLAlchemy URL of a server with its data in the folder; what is there from before is served again."""
    programs = postgresql_programs()
    if programs is None:
        raise Failed("PostgreSQL is missing: make packages")
    data, port = folder / "data", free_port()
    open_to_others(folder)
    run = [*_unprivileged(), "env", f"HOME={folder}", f"PGDATA={data}"]
    if not data.exists():
        subprocess.run(
            [*run, str(programs / "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            timeout=START_SECONDS,
        )
    options = f"-p {port} -k {folder} -c listen_addresses={LOOPBACK} -c fsync=off"
    control = [*run, str(programs / "pg_ctl"), "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, timeout=START_SECONDS)
    try:
        yield f"postgresql+psycopg://postgres@{LOOPBACK}:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, timeout=START_SECONDS)

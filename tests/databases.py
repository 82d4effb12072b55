"""A real PostgreSQL of the tests' own, so that what holds on SQLite is shown to hold there. A `POSTGRES_URL` in the
environment wins: a database that the tests may fill."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from scripts.packages import postgresql_programs
from scripts.run import free_port

START_SECONDS = 60


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """→ a SQLAlchemy URL without a database name's last part: append one with `new_database`."""
    given = os.environ.get("POSTGRES_URL")
    if given:
        yield given
        return
    programs = postgresql_programs()
    assert programs is not None, "PostgreSQL is missing: make packages"
    data, port = folder / "data", free_port()
    folder.chmod(0o777)
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    run = [*_unprivileged(), "env", f"HOME={folder}", f"PGDATA={data}"]
    subprocess.run(
        [*run, str(programs / "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        timeout=START_SECONDS,
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*run, str(programs / "pg_ctl"), "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, timeout=START_SECONDS)
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, timeout=START_SECONDS)


def new_database(server: str) -> str:
    """An empty database on the server → its URL."""
    name = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return str(sa.engine.make_url(server).set(database=name).render_as_string(hide_password=False))

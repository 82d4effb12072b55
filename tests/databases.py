"""A real PostgreSQL of the tests' own, so that what holds on SQLite is shown to hold there. A `POSTGRES_URL` in the
environment wins: a database that the tests may fill."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from scripts import local_postgresql


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """→ a SQLAlchemy URL without a database name's last part: append one with `new_database`."""
    given = os.environ.get("POSTGRES_URL")
    if given:
        yield given
        return
    with local_postgresql.postgresql(folder) as url:
        yield url


def new_database(server: str) -> str:
    """An empty database on the server → its URL."""
    name = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return str(sa.engine.make_url(server).set(database=name).render_as_string(hide_password=False))

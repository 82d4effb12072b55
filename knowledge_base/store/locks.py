"""One process at a time, over all that share a database."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from .errors import StoreError

_ASK_AGAIN_SECONDS = 0.1


class Busy(StoreError):
    """Another process holds the lock."""


@contextmanager
def alone(engine: Engine, name: str, seconds: float) -> Iterator[None]:
    """Holds the lock of that name; waits for it at most so long, then raises Busy. PostgreSQL: an advisory lock of a
    session of its own, which ends with the process, whatever happens to it. SQLite: a lock file beside the database."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            _wait(lambda: _ask(connection, "pg_try_advisory_lock", name), name, seconds)
            try:
                yield
            finally:
                _ask(connection, "pg_advisory_unlock", name)
    elif engine.url.database and engine.url.database != ":memory:":
        safe = "".join(c if c.isalnum() else "-" for c in name)[:80]
        with Path(f"{engine.url.database}.{safe}.lock").open("w") as file:
            _wait(lambda: _flock(file.fileno()), name, seconds)
            yield
    else:
        yield


def _wait(got: Callable[[], bool], name: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not got():
        if time.monotonic() >= end:
            raise Busy(f"另一个进程正忙（{name}），请稍后再试")
        time.sleep(_ASK_AGAIN_SECONDS)


def _ask(connection: Connection, function: str, name: str) -> bool:
    return bool(connection.scalar(text(f"SELECT {function}(hashtextextended(:name, 0))"), {"name": name}))


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""One process at a time, on both databases; the lock ends with its process."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from knowledge_base.store import Store
from knowledge_base.store.locks import Busy, alone

HOLDER = """
import sys, time
from sqlalchemy import create_engine
from knowledge_base.store.locks import alone
with alone(create_engine(sys.argv[1]), "index", 10):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_waits_and_one_that_is_killed_lets_go(store: Store) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match="index"), alone(store.engine, "index", 0.3):
            pass
        with alone(store.engine, "another", 0):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    with alone(store.engine, "index", 10):
        pass


def test_it_is_free_again_after_an_error(store: Store) -> None:
    for _ in range(2):
        with pytest.raises(RuntimeError, match="in the middle"), alone(store.engine, "index", 0):
            raise RuntimeError("in the middle")

"""Killed anywhere, the embedded index opens to the old version or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import IndexDamaged, IndexSettings, build, open_index
from index.embedded import generation

from .conftest import LIBRARY

PUBLISHER = """
import sys
from dataclasses import replace
from pathlib import Path
from index import IndexSettings, publish
from tests.index.conftest import LIBRARY
settings = IndexSettings(Path(sys.argv[1]), None, None)
print("ready", flush=True)
for number in range(1000):
    publish([replace(d, summary=f"版本{number}。") for d in LIBRARY[:2]], [], settings)
    print(number, flush=True)
"""


def test_killed_while_publishing(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path, None, None)
    build(LIBRARY, settings)
    for wait in (0.01, 0.04, 0.09, 0.15, 0.23):
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": "."},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with open_index(settings) as index:
            documents = index.search("版本", limit=10)
            said = {h.snippet for h in documents.hits if h.id in (LIBRARY[0].id, LIBRARY[1].id)}
            assert len(said) == 1, said
    assert len(list(tmp_path.glob("gen-*"))) <= 2


def test_a_lost_file_is_damage_that_is_said(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path, None, None)
    build(LIBRARY, settings)
    (generation.current(tmp_path) / "manifest.json").unlink()
    with pytest.raises(IndexDamaged, match="manifest"):
        open_index(settings)

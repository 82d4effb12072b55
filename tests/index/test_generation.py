"""Killed anywhere, the embedded index opens to the old version or the new one."""

from __future__ import annotations

import contextlib
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import tantivy

from index import IndexDamaged, IndexSettings, analysis, build, open_index
from index.embedded import generation
from index.embedded.engine import EmbeddedEngine
from index.embedded.lexical import LexicalWriter
from index.embedded.store import EmbeddedStore
from index.engine import Clause, Filter, Manifest, Record
from index.ranking import default

from .conftest import LIBRARY
from .corpus import DIMENSION, DOCUMENTS, record

MANIFEST = Manifest("1", analysis.VERSION, "by-hand", DIMENSION, "units")

KILLS = 50
MEASURED = 5
MANY = 8
"""Small segments of which tantivy makes one."""
WITHIN = 2.0
"""A kill comes at a random moment of so many publishes' time, as the first five children took for theirs."""

# Imports once, forks once a line: what is killed begins to publish at once. Before and after each publish the child says so.
PUBLISHER = """
import os, sys
from pathlib import Path
from index.embedded.engine import EmbeddedEngine
from index.embedded.store import EmbeddedStore
from index.ranking import default
from tests.index.test_generation import MANIFEST, edition
root, said = Path(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND)
for line in sys.stdin:
    first = int(line)
    pid = os.fork()
    if not pid:
        store = EmbeddedStore(root, default().vectors)
        for number in range(first, first + 1000):
            os.write(said, f"begun {number}\\n".encode())
            store.change(edition(number), [], MANIFEST)
            os.write(said, f"done {number}\\n".encode())
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("gone", flush=True)
"""


def edition(number: int) -> list[Record]:
    """Two documents whose text and whose vectors both say which edition they are of."""
    towards = (math.cos(number), math.sin(number), 0.0, 0.0)
    return [record(replace(d, summary=f"第{number}版"), towards) for d in DOCUMENTS[:2]]


def served(root: Path) -> int:
    """The edition that a newly opened index serves, the same in text, digests and vectors."""
    engine = EmbeddedEngine(root, default().vectors)
    documents = engine.documents([d.id for d in DOCUMENTS])
    assert len(documents) == len(DOCUMENTS)
    assert engine.digests() == {d.id: d.digest() for d in documents.values()}
    (said,) = {documents[d.id].summary for d in DOCUMENTS[:2]}
    number = int(said[1:-1])
    for document in DOCUMENTS[:2]:
        stored = engine.vectors(document.id)
        assert stored is not None
        assert stored[0] == pytest.approx([math.cos(number), math.sin(number), 0, 0], abs=1e-3)
    hits = engine.lexical([Clause("grams", analysis.grams(said)[0], 1.0)], Filter(), 10)
    assert {h.document for h in hits} <= set(documents)
    return number


def told(said: Path, word: str) -> list[int]:
    """The editions of which the children said this."""
    return [int(line.split()[1]) for line in said.read_text().splitlines() if line.startswith(word)]


def test_killed_at_fifty_random_points_of_publishing(tmp_path: Path) -> None:
    root, said = tmp_path / "index", tmp_path / "said"
    said.touch()
    EmbeddedStore(root, default().vectors).replace([*edition(0), *map(record, DOCUMENTS[2:])], MANIFEST)
    command = [sys.executable, "-c", PUBLISHER, str(root), str(said)]
    chance, inside, whole = random.Random(5), 0, 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
    ) as forking:
        assert forking.stdin is not None
        assert forking.stdout is not None
        took: list[float] = []
        for kill in range(MEASURED + KILLS):
            before = served(root)
            forking.stdin.write(f"{before + 1}\n")
            forking.stdin.flush()
            pid = int(forking.stdout.readline())
            start = time.monotonic()
            if kill < MEASURED:
                while f"done {before + 1}\n" not in said.read_text():
                    time.sleep(0.001)
                took.append(time.monotonic() - start)
            else:
                time.sleep(chance.uniform(0, WITHIN * statistics.median(took)))
            os.kill(pid, signal.SIGKILL)
            assert forking.stdout.readline() == "gone\n"
            begun, done = told(said, "begun"), told(said, "done")
            old, new = max([before, *done]), max([before, *begun])
            if kill >= MEASURED:
                inside += new > old
                whole += old > before
            assert served(root) in {old, new}
        forking.stdin.close()
    print(f"{KILLS} kills, {inside} of them within a publish, {whole} after a whole one")
    assert inside > KILLS // 2, "most kills must fall into a publish"
    assert whole, "and some of them after one"
    assert len(list(root.glob("gen-*"))) <= 2


def test_a_lost_file_is_damage_that_is_said(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path, None, None)
    build(LIBRARY, settings)
    (generation.current(tmp_path) / "manifest.json").unlink()
    with pytest.raises(IndexDamaged, match="manifest"):
        open_index(settings)


def test_changes_one_after_the_other_leave_few_segments(tmp_path: Path) -> None:
    root = tmp_path / "index"
    store = EmbeddedStore(root, default().vectors)
    store.replace([*edition(0), *map(record, DOCUMENTS[2:])], MANIFEST)
    reader = EmbeddedEngine(root, default().vectors)
    for number in range(1, 2 * MANY):
        store.change(edition(number), [], MANIFEST)
        reader.refresh()
        assert reader.documents([DOCUMENTS[0].id])[DOCUMENTS[0].id].summary == f"第{number}版"
        assert served(root) == number
    store.change([], [DOCUMENTS[-1].id], MANIFEST)  # comes when the folder is let go of
    folder = generation.current(root)
    for part in ("units", "documents"):
        assert tantivy.Index.open(str(folder / part)).searcher().num_segments <= MANY


def test_what_joins_segments_yields_to_searches(tmp_path: Path) -> None:
    build_writer = LexicalWriter(tmp_path / "built", build=True)
    assert set(niceness()["merge_thread_0"]) == {0}
    del build_writer
    writer = LexicalWriter(tmp_path / "changed")
    assert max(niceness()["merge_thread_0"]) > 0
    assert os.getpriority(os.PRIO_PROCESS, 0) == 0
    writer.commit()
    writer.finish()


def niceness() -> dict[str, list[int]]:
    """Of this process's threads, by their name."""
    found: dict[str, list[int]] = {}
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.setdefault((task / "comm").read_text().strip(), []).append(
                os.getpriority(os.PRIO_PROCESS, int(task.name))
            )
    return found

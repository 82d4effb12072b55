"""Measures search through HTTP on a corpus of a given size: real search_api, real encoder for every query, no cache.

usage: python -m benchmarks.run_search SECTIONS | --guides ITEMS [--words FOLDER] [--keep]

A corpus has so many sections, of documents of all kinds mixed, or is a city of so many whole service items. Text is made
(benchmarks/texts.py, varied: the share of clones is told), vectors are the encoder's up to 250,000 sections and drawn from
the spread of real ones above (benchmarks/vectors.py). Times are open loop, coordinated omission corrected
(benchmarks/load.py). The last line is one JSON object; it is also written to benchmarks/out/.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.corpus import HOME, Corpus, corpus, edited, texts
from benchmarks.people import Person
from benchmarks.run_product import OUT, memory_mb
from index import opening
from index.build import cache_of
from index.encoder import Encoder
from index.encoders import default_encoder
from index.recall import recall
from index.vector_cache import VectorCache
from scripts.processes import ROOT, VAR, say
from scripts.run import SEARCH_ENVIRONMENT, free_port

PLAN = ROOT / "benchmarks" / "search.yaml"
READY_SECONDS = 600.0


class Server:
    """search_api over a corpus, in a process of its own."""

    def __init__(self, made: Corpus, folder: Path) -> None:
        self.port = free_port()
        self.inbox = folder
        command = [sys.executable, "-m", "benchmarks.serve", str(made.settings.path), str(self.port), str(folder)]
        begun = time.perf_counter()
        self._process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **SEARCH_ENVIRONMENT})
        while True:
            with contextlib.suppress(Exception):
                Person(f"http://127.0.0.1:{self.port}").search("身份证")
                break
            if self._process.poll() is not None or time.perf_counter() - begun > READY_SECONDS:
                self._process.kill()
                raise SystemExit("search_api did not start")
            time.sleep(0.02)
        self.ready_s = time.perf_counter() - begun

    def memory_mb(self) -> float:
        return memory_mb({"search_api": self._process.pid})["search_api"]

    def load(self, paths: list[str], rate: float, connections: int, seconds: float) -> dict[str, Any]:
        """benchmarks/load.py, to its end."""
        plan = {"paths": paths, "rate": rate, "connections": connections, "seconds": seconds}
        command = [sys.executable, "-m", "benchmarks.load", str(self.port)]
        done = subprocess.run(command, cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)


def percentile(times: list[float], share: float) -> float:
    """Milliseconds."""
    return float(np.quantile(times, share)) * 1000


def searches(made: Corpus) -> Iterator[str]:
    """Paths of searches that were not asked before."""
    for number in itertools.count():
        yield address("search", made.guides.query(number, made.documents), made.guides.near(number))


def address(route: str, q: str, near: str | None = None) -> str:
    return f"/v1/{route}?" + urllib.parse.urlencode({"q": q, **({"near": near} if near else {})})


def beginnings(made: Corpus, count: int) -> list[str]:
    """Paths of suggestions: titles, their pinyin and initials, typed so far."""
    from index.analysis import pinyin_of

    found = []
    for number in range(count):
        title = made.guides.document(number * 7 % made.documents).title
        typed = (title, *pinyin_of(title))[number % 3][: 1 + number % 5]
        found.append(address("suggest", typed, made.guides.near(number)))
    return found


def measure(made: Corpus, plan: dict[str, Any]) -> dict[str, Any]:
    asked = searches(made)
    rates: dict[int, int] = plan["rates"]
    rate = rates[max((size for size in rates if size <= made.told["sections"]), default=min(rates))]

    def take(count: float) -> list[str]:
        return [next(asked) for _ in range(int(count) + 1)]

    with tempfile.TemporaryDirectory() as folder:
        if not (HOME / "bench.sqlite").exists():
            Server(made, Path(folder)).close()  # seeds the database, which is not part of a start
        server = Server(made, Path(folder))
        try:
            server.load(take(plan["warm_up"]), 0, 4, 60)
            calm = [
                server.load(take(rate * plan["seconds"] * 2), rate, plan["connections"], plan["seconds"])["times"]
                for _ in range(plan["repeats"])
            ]
            busy = []
            for _ in range(plan["repeats"]):
                found = server.load(take(400 * plan["seconds"]), 0, plan["busy_connections"], plan["seconds"])
                busy.append(len(found["times"]) / found["seconds"])
            typed = server.load(
                beginnings(made, plan["suggest_rate"] * 20), plan["suggest_rate"], plan["connections"], 10
            )
            publishing = _publish(server, made, plan, take(rate * 120), rate)
            groups = groups_of(server, take(plan["grouped_queries"]))
            memory = server.memory_mb()
        finally:
            server.close()
    p50 = statistics.median(percentile(t, 0.5) for t in calm)
    p99 = statistics.median(percentile(t, 0.99) for t in calm)
    return {
        "hybrid_p50_ms": p50,
        "hybrid_p99_ms": p99,
        "rate_per_s": rate,
        "queries_per_s": statistics.median(busy),
        "suggest_p50_ms": percentile(typed["times"], 0.5),
        "suggest_p99_ms": percentile(typed["times"], 0.99),
        "memory_mb": memory,
        "ready_s": server.ready_s,
        **publishing,
        **groups,
        "publish_p99_ratio": publishing["publish_p99_ms"] / p99,
    }


def _publish(server: Server, made: Corpus, plan: dict[str, Any], paths: list[str], rate: float) -> dict[str, Any]:
    """Edits while searches go on: seconds until each is found, and the searches' times meanwhile."""
    plan_text = json.dumps(
        {"paths": paths, "rate": rate, "connections": plan["connections"], "seconds": plan["edits"] * 2}
    )
    command = [sys.executable, "-m", "benchmarks.load", str(server.port)]
    load = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert load.stdin is not None
    load.stdin.write(plan_text)
    load.stdin.close()
    load.stdin = None
    person, waits = Person(f"http://127.0.0.1:{server.port}"), []
    run = int(time.time()) % 100_000  # a kept corpus has the edits of earlier runs
    for number in range(plan["edits"]):
        marker = f"第{run}轮第{number}次改动的鉴{chr(0x9F00 + number)}号"
        document = edited(made.guides, number, marker)
        aside = server.inbox / f"{number}.part"
        aside.write_text(document.to_json(), "utf-8")
        begun, published = time.perf_counter(), server.inbox / f"{number}.json"
        aside.rename(published)
        # the server takes the file away when it serves the edit: to search for it again and again would be load of its own
        while published.exists() or marker not in "".join(
            h["snippet"] for h in person.ask("GET", address("search", marker))[1]["hits"]
        ):
            if time.perf_counter() - begun > 60:
                raise SystemExit("an edit was not found")
            time.sleep(0.005)
        waits.append(time.perf_counter() - begun)
        time.sleep(max(0.0, 1.5 - waits[-1]))
    out, _ = load.communicate()
    times = json.loads(out)["times"]
    return {"edit_searchable_s": max(waits), "edits_s": waits, "publish_p99_ms": percentile(times, 0.99)}


def groups_of(server: Server, paths: list[str]) -> dict[str, float]:
    """Of the answers: how many documents of one name a hit stands for, and how many answers have a hit of several."""
    person = Person(f"http://127.0.0.1:{server.port}")
    groups = [[hit["group"] for hit in person.ask("GET", path)[1]["hits"]] for path in paths]
    return {
        "mean_group": statistics.fmean(itertools.chain(*groups)),
        "answers_with_group": statistics.fmean(max(sizes, default=0) > 1 for sizes in groups),
    }


def know_what_is_edited(made: Corpus, edits: int, encoder_dir: Path) -> None:
    """A publisher has the vectors of what it published before; without them an edit would encode its document whole."""
    window = opening.ranking().units.window
    with VectorCache(cache_of(made.settings), Encoder(encoder_dir)) as cache:
        cache.vectors(texts((made.guides.document(number) for number in range(edits)), window))


def recall_of(made: Corpus, plan: dict[str, Any], encoder_dir: Path) -> dict[str, float]:
    asked = [made.guides.query(10**6 + n, made.documents) for n in range(plan["recall_queries"])]
    found = recall(made.settings, opening.ranking(), Encoder(encoder_dir).queries(asked))
    return {f"recall_at_{depth}": share for depth, share in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("sections", type=int, nargs="?", default=0)
    size.add_argument("--guides", type=int, metavar="ITEMS", help="a city of so many whole service items")
    parser.add_argument("--words", type=Path, help="a folder of .jsonl whose words are used besides the content's")
    parser.add_argument("--keep", action="store_true", help="keep the corpus under var/bench for the next run")
    arguments = parser.parse_args()
    plan = yaml.safe_load(PLAN.read_text("utf-8"))
    encoder_dir = default_encoder(VAR / "encoder")
    if encoder_dir is None:
        raise SystemExit("no encoder: make setup")
    name = str(arguments.sections) if arguments.guides is None else f"guides-{arguments.guides}"
    say(f"▸ corpus of {name.replace('-', ': ')}" + ("" if arguments.guides else " sections"))
    made = corpus(name, arguments.guides, arguments.sections, encoder_dir, plan, arguments.words)
    say("▸ recall")  # before the edits: what they remove would still be compared with
    result = {"guides": arguments.guides, "sections": made.told["sections"], **recall_of(made, plan, encoder_dir)}
    know_what_is_edited(made, plan["edits"], encoder_dir)
    say("▸ search_api")
    result |= measure(made, plan)
    told = dict(made.told)
    result |= {"build_sections_per_s": told.pop("lexical_sections_per_s"), "corpus": told}
    result["machine"] = {"cores": os.cpu_count(), "load": os.getloadavg()}
    OUT.mkdir(exist_ok=True)
    (OUT / f"search-{name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=1))
    if not arguments.keep:
        shutil.rmtree(made.settings.path)
    say(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()

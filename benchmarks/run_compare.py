"""Sets search systems side by side: same machine, same cores, same corpus, one after the other in one run.

usage: python -m benchmarks.run_compare FOLDER [FOLDER …] [--only NAME]

Each FOLDER is a judged set as `python -m index evaluate` reads it. All corpora together are one index of each system; quality
is told for each set on it, and times for the queries of all sets, shuffled. Each system has a process of its own: one caller
for p50 and p99, several at once for queries a second, medians of the repeats. Writes one table and one plot into
docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.run_product import OUT, memory_mb, with_children
from benchmarks.systems import Bm25s, Elastic, Fts5, Ours, System
from index import IndexSettings, metrics
from index.encoder import Encoder
from index.encoders import default_encoder
from index.evaluate import read
from scripts.local_elasticsearch import ElasticsearchNode
from scripts.processes import ROOT, VAR, say
from scripts.run import SEARCH_ENVIRONMENT

PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "pictures" / "compare.svg"
BEGIN, END = "<!-- made by make bench-compare -->", "<!-- end of what make bench-compare made -->"
NAMES = {
    "fts5": "SQLite FTS5, pairs of characters",
    "bm25s": "bm25s, jieba words",
    "es-standard": "Elasticsearch BM25, its standard analysis",
    "es-pairs": "Elasticsearch BM25, pairs of characters",
    "es-knn": "Elasticsearch kNN",
    "es-both": "Elasticsearch BM25 + kNN (reciprocal ranks)",
    "ours-elastic": "ours on Elasticsearch",
    "ours-embedded": "ours, embedded",
}
TIMED, REPEATS, CALLERS = 300, 3, 4


def system(name: str, url: str, folder: Path, encoder_dir: Path) -> System:
    cache = VAR / "index" / "vectors.sqlite"
    match name.split("-"):
        case ["bm25s"]:
            return Bm25s()
        case ["fts5"]:
            return Fts5(folder)
        case ["es", way]:
            return Elastic(way, url, Encoder(encoder_dir), cache)
        case [_, engine]:
            server = url if engine == "elastic" else None
            return Ours(IndexSettings(folder, server, encoder_dir, name="compare-ours"), cache)
    raise ValueError(name)


def one(name: str, url: str, folders: list[Path], encoder_dir: Path) -> dict[str, Any]:
    """All figures of one system, measured in this process."""
    sets = [read(folder) for folder in folders]
    documents = [d for judged in sets for d in judged.documents]
    before = memory_mb({"": os.getpid()})["all"]
    with tempfile.TemporaryDirectory() as aside:
        searched = system(name, url, Path(aside), encoder_dir)
        begun = time.perf_counter()
        searched.build(documents)
        built = time.perf_counter() - begun
        quality = {}
        for folder, judged in zip(folders, sets, strict=True):
            found = [
                metrics.ndcg(searched.search(t), judged.grades[q]) for q, t in judged.queries if q in judged.grades
            ]
            quality[folder.name] = statistics.mean(found)
        texts = [text for judged in sets for _, text in judged.queries]
        random.Random(3).shuffle(texts)
        alone = [_alone(searched, texts[n * TIMED : (n + 1) * TIMED]) for n in range(REPEATS)]
        together = [_together(searched, texts[n * TIMED : (n + 1) * TIMED]) for n in range(REPEATS)]
        memory = memory_mb({"": os.getpid()})["all"] - before
        searched.close()
    return {
        "name": name,
        "documents": len(documents),
        "ndcg": quality,
        "ndcg_mean": statistics.mean(quality.values()),
        "p50_ms": statistics.median(float(np.quantile(t, 0.5)) for t in alone) * 1000,
        "p99_ms": statistics.median(float(np.quantile(t, 0.99)) for t in alone) * 1000,
        "queries_per_s": statistics.median(together),
        "memory_mb": memory,
        "build_s": built,
    }


def _alone(searched: System, texts: list[str]) -> list[float]:
    times = []
    for text in texts:
        begun = time.perf_counter()
        searched.search(text)
        times.append(time.perf_counter() - begun)
    return times


def _together(searched: System, texts: list[str]) -> float:
    def call(number: int) -> None:
        for text in texts[number::CALLERS]:
            searched.search(text)

    threads = [threading.Thread(target=call, args=(n,)) for n in range(CALLERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(texts) / (time.perf_counter() - begun)


def table(rows: list[dict[str, Any]]) -> str:
    sets = list(rows[0]["ndcg"])
    head = ["", "queries/s", "p50 ms", "p99 ms", *(f"nDCG@10 {s}" for s in sets), "mean", "memory MB", "build s"]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        numbers = [f"{row['queries_per_s']:.0f}", f"{row['p50_ms']:.1f}", f"{row['p99_ms']:.1f}"]
        numbers += [f"{row['ndcg'][s]:.3f}" for s in sets] + [f"{row['ndcg_mean']:.3f}"]
        numbers += [f"{row['memory_mb']:.0f}", f"{row['build_s']:.0f}"]
        lines.append([NAMES[row["name"]], *numbers])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plot(rows: list[dict[str, Any]]) -> None:
    """Further right is faster, further up is better."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "compare"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for number, row in enumerate(sorted(rows, key=lambda r: float(r["queries_per_s"]))):
        own = row["name"].startswith("ours")
        axes.scatter(row["queries_per_s"], row["ndcg_mean"], color="#0b6e4f" if own else "#888888", s=60)
        at = (row["queries_per_s"], row["ndcg_mean"])
        axes.annotate(
            NAMES[row["name"]], at, xytext=(6, 5 if number % 2 else -11), textcoords="offset points", fontsize=8
        )
    axes.set_xscale("log")
    axes.set_xlabel("queries a second, four callers, two cores")
    axes.set_ylabel("nDCG@10, mean of the sets")
    axes.margins(x=0.25, y=0.12)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, metadata={"Date": None})


def write(rows: list[dict[str, Any]]) -> None:
    """Into docs/performance.md, between its two marks."""
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    said = f"{rows[0]['documents']} documents, {os.cpu_count()} cores, load average {load} at the end of the run."
    picture = f"![Speed and quality side by side]({PLOT.relative_to(PAGE.parent)})"
    PAGE.write_text(f"{before}{BEGIN}\n{said}\n\n{table(rows)}\n\n{picture}\n{END}{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--only", choices=NAMES, help="this system alone, as JSON; nothing is written")
    parser.add_argument("--url", default="", help="an Elasticsearch; without, one is started")
    arguments = parser.parse_args()
    encoder_dir = default_encoder(VAR / "encoder")
    if encoder_dir is None:
        raise SystemExit("no encoder: make setup")
    if arguments.only:
        say(json.dumps(one(arguments.only, arguments.url, arguments.folders, encoder_dir)))
        return
    node = ElasticsearchNode()
    rows: list[dict[str, Any]] = []
    try:
        node.start()
        for name in NAMES:
            say(f"▸ {NAMES[name]}")
            command = [sys.executable, "-m", "benchmarks.run_compare", *map(str, arguments.folders), "--only", name]
            command += ["--url", arguments.url or node.url]
            done = subprocess.run(
                command, cwd=ROOT, env={**os.environ, **SEARCH_ENVIRONMENT}, stdout=subprocess.PIPE, check=True
            )
            row = json.loads(done.stdout.splitlines()[-1])
            if "es" in name.split("-") or name == "ours-elastic":
                row["memory_mb"] += memory_mb(with_children(node.pid))["all"]
            rows.append(row)
    finally:
        node.close()
    OUT.mkdir(exist_ok=True)
    (OUT / "compare.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    plot(rows)
    write(rows)
    say(table(rows))


if __name__ == "__main__":
    main()

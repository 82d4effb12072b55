"""Suggestions over many names, in process, embedded engine: python -m benchmarks.suggestions [--names 100000].

The names are made: a place, a trade and a matter put together, each name once. Typed are beginnings of one to six keys as
text, pinyin and initials, from any word on, no text twice. Processor time stands beside
the time by the clock, which on a shared machine has the others' work in it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from index import Document, IndexSettings, build, open_index
from index.suggest_keys import keys_of

PARTS = Path(__file__).with_suffix(".yaml")


def documents(names: int) -> Iterator[Document]:
    parts: dict[str, list[str]] = yaml.safe_load(PARTS.read_text("utf-8"))
    every = itertools.product(parts["sizes"], parts["places"], parts["matters"], parts["trades"])
    chosen = random.Random(1)
    for number, (size, place, matter, trade) in enumerate(itertools.islice(every, names)):
        name = f"{place}{size}{trade}{matter}"
        yield Document(f"name-{number}", "item", name, popularity=round(chosen.random(), 3))


def typed(names: int, count: int) -> list[str]:
    """Beginnings as people type them, different from one another."""
    chosen = random.Random(2)
    titles = [d.title for d in documents(names)]
    found: dict[str, None] = {}
    while len(found) < count:
        beginnings = [key for key in keys_of(chosen.choice(titles)) if len(key) <= chosen.choice((1, 2, 3, 4, 5, 6))]
        if beginnings:
            found[chosen.choice(beginnings)] = None
        elif len(found) >= len(titles):
            break
    return list(found)


def measure(names: int, queries: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = IndexSettings(Path(folder))
        started = time.perf_counter()
        build(documents(names), settings)
        built = time.perf_counter() - started
        with open_index(settings) as index:
            index.favour({f"name-{n}": float(n % 7) for n in range(0, names, max(names // 200, 1))})
            times, worked = [], []
            for text in typed(names, queries):
                begun, cpu = time.perf_counter(), time.process_time()
                index.suggest(text)
                times.append((time.perf_counter() - begun) * 1000)
                worked.append((time.process_time() - cpu) * 1000)
    cuts = statistics.quantiles(times, n=100)
    return {
        "names": names,
        "typed": len(times),
        "suggest_p50_ms": round(cuts[49], 2),
        "suggest_p99_ms": round(cuts[98], 2),
        "suggest_most_ms": round(max(times), 2),
        "suggest_processor_p99_ms": round(statistics.quantiles(worked, n=100)[98], 2),
        "build_s": round(built, 1),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--typed", type=int, default=2000)
    options = parser.parse_args()
    print(json.dumps(measure(options.names, options.typed), ensure_ascii=False))


if __name__ == "__main__":
    main()

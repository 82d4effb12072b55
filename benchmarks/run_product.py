"""Measures the running product through HTTP, on the content it serves: what a person waits and what a machine needs.

usage: python -m benchmarks.run_product [--json]

Starts the product on free ports with an empty database, as `make run` does, and measures one after the other: search,
chat of one person, chat of several people at once, memory of each process, seconds to ready. Times are the client's.
Writes benchmarks/out/product-TIME.json; with --json the last line is the same object.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from benchmarks.people import Person, several_people
from knowledge_base.loader import load_city
from scripts.processes import ROOT, Failed, relative, say
from scripts.running import Product, running_product
from scripts.setup import set_up

OUT = ROOT / "benchmarks" / "out"
PLAN = ROOT / "benchmarks" / "product.yaml"
KILOBYTES_IN_MB = 1024


def queries(limit: int) -> list[str]:
    """What people would type: names and other names of items, questions and their variants, spread over the content."""
    city = load_city()
    texts = [text for item in city.items.values() for text in (item.name, *item.aliases)]
    texts += [text for faq in city.faqs.values() for text in (faq.question, *faq.phrasings)]
    return texts[:: max(1, len(texts) // limit)][:limit]


def memory_mb(pids: Mapping[str, int]) -> dict[str, float]:
    """Proportional set size of each process in MB: a page that several share is counted once in all."""
    sizes = {}
    for name, pid in pids.items():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        sizes[name] = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KILOBYTES_IN_MB
    return {**sizes, "all": sum(sizes.values())}


def with_children(pid: int) -> dict[str, int]:
    """A process and all that it started, as `memory_mb` takes them: a launcher stays, and what it launches holds the memory."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return {str(one): one for one in found}


def percentiles_ms(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    at = {f"p{p}_ms": 1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 95, 99)}
    return {"count": len(ordered), **at}


def measure(product: Product, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Every figure, by name."""
    person, scripts = Person(product.base), plan["scripts"]
    texts = queries(plan["queries"])
    for number, text in enumerate(texts[: plan["warm_up"]]):
        person.search(text)
        person.chat(f"bench-warm-{number}", scripts[number % len(scripts)])
    say("▸ search")
    searches = [person.search(text) for text in texts]
    say("▸ chat, one person")
    alone = [
        s for n in range(plan["conversations"]) for s in person.chat(f"bench-alone-{n}", scripts[n % len(scripts)])
    ]
    say(f"▸ chat, {plan['people']} people at once")
    crowd, wall = several_people(product.base, plan["people"], plan["conversations_each"], scripts)
    return {
        "search": percentiles_ms(searches),
        "chat_one_person": percentiles_ms(alone),
        f"chat_{plan['people']}_people": {**percentiles_ms(crowd), "turns_per_second": len(crowd) / wall},
        "memory_mb": memory_mb({**product.pids(), "supervisor": product.supervisor}),
        "ready": {"seconds": product.seconds_to_ready},
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()},
    }


def table(result: Mapping[str, Mapping[str, Any]]) -> str:
    """One row a measurement."""
    shown = {
        name: "  ".join(
            f"{key} {value:.1f}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()
        )
        for name, row in result.items()
    }
    return "\n".join(f"{name:<16} {row}" for name, row in shown.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        set_up()
    except Failed as error:
        say(f"✗ {error}")
        sys.exit(1)
    plan = yaml.safe_load(PLAN.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
        result = measure(product, plan)
    OUT.mkdir(exist_ok=True)
    out = OUT / f"product-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}.json"
    out.write_text(json.dumps(result, indent=1))
    say(f"{table(result)}\n{relative(out)}")
    if arguments.json:
        say(json.dumps(result))


if __name__ == "__main__":
    main()

"""Three real Elasticsearch nodes under load: one is killed, then the network is cut in the middle of publishing.

usage: python -m benchmarks.drill

Two copies of everything on three nodes (512 MB heap each) with TLS and security, the city's own index by a publisher's key,
several threads that search without pause.
1. The node with the primary is killed (-9): no search fails after the client's retry, no document is lost, publishing goes on.
2. The node with the primary is cut off in mid-publish for a while: whatever becomes of the publish, its publisher is told.
3. Two of three are, until the publisher is told that it did not come through, within the time that a publish has.
Every look at the index finds all of a publish's documents or none, and with a whole network it can be published.
Ends with 1 when one of these does not hold. The last line is one JSON object, also written to benchmarks/out/drill-TIME.json.
Heap and disk: 2 GB.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.cluster import NAME, NODES, cluster, settings_for
from benchmarks.partition import INSIDE, Network, become_alone, network
from benchmarks.searchers import Load
from index import (
    Document,
    EngineUnavailable,
    IndexSettings,
    build,
    documents_of,
    open_index,
    opening,
    publish,
)
from index.compare import queries_of
from index.errors import Unconfirmed
from knowledge_base.loader import load_city
from scripts.elasticsearch_program import fetched
from scripts.local_elasticsearch import ElasticsearchNode
from scripts.processes import ROOT, VAR, Failed, relative, say
from scripts.setup import set_up

PLAN = ROOT / "benchmarks" / "cluster.yaml"
OUT = ROOT / "benchmarks" / "out"


class Drill:
    def __init__(self, nodes: list[ElasticsearchNode], net: Network, settings: IndexSettings, plan: Any) -> None:
        self.nodes, self.net, self.settings, self.plan = nodes, net, settings, plan
        self.documents = {d.id: d for d in documents_of(load_city())}
        self.queries = queries_of(list(self.documents.values()), plan["queries"])
        self.broken: list[str] = []
        self.edits = 0

    def expect(self, holds: bool, what: str) -> None:
        say(f"  {'✓' if holds else '✗'} {what}")
        self.broken += [] if holds else [what]

    def edited(self, count: int) -> list[Document]:
        """The first documents with a new summary each time."""
        self.edits += 1
        chosen = list(self.documents.values())[:count]
        return [replace(d, summary=f"{d.summary}（演练第{self.edits}次）") for d in chosen]

    def took(self, changed: Sequence[Document]) -> None:
        self.documents |= {d.id: d for d in changed}

    def holder(self, index: str) -> int:
        """The number of the node with the primary shard of the index that the alias names."""
        shards = self.any_node().ask("GET", f"/_cat/shards/{NAME}-{index}?format=json")
        name = next(s["node"] for s in shards if s["prirep"] == "p" and s["node"])
        return next(n for n, node in enumerate(self.nodes) if node.name == name)

    def holders(self, index: str) -> set[str]:
        shards = self.any_node().ask("GET", f"/_cat/shards/{NAME}-{index}?format=json")
        return {s["node"] for s in shards if s["state"] == "STARTED"}

    def any_node(self) -> ElasticsearchNode:
        return next(n for number, n in enumerate(self.nodes) if n.running and number not in self.net.cut_off)

    def whole(self) -> float:
        """Seconds until three nodes hold two copies of everything."""
        begun = time.monotonic()
        end = begun + self.plan["settle_seconds"]
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                path = f"/_cluster/health?wait_for_status=green&wait_for_nodes={NODES}&timeout=2s"
                if not self.any_node().ask("GET", path)["timed_out"]:
                    return time.monotonic() - begun
            time.sleep(0.2)
        self.expect(False, f"whole again within {self.plan['settle_seconds']} s")
        return time.monotonic() - begun

    def served(self) -> dict[str, str]:
        engine, _ = opening.engine(self.settings, opening.ranking())
        try:
            return engine.digests()
        finally:
            engine.close()

    def is_served(self, documents: dict[str, Document]) -> bool:
        return self.served() == {d.id: d.digest() for d in documents.values()}

    def killed(self) -> dict[str, Any]:
        say("▸ one of three is killed")
        with open_index(self.settings) as index:
            load = Load(index, self.queries)
            with load.running(self.plan["searchers"]):
                time.sleep(self.plan["calm_seconds"])
                victim = self.nodes[self.holder("units")]
                victim.stop()
                publishes = []
                for _ in range(3):
                    begun = time.monotonic()
                    changed = self.edited(3)
                    publish(changed, [], self.settings)
                    self.took(changed)
                    publishes.append(round(time.monotonic() - begun, 2))
                time.sleep(self.plan["calm_seconds"])
            lost = not self.is_served(self.documents)
            victim.start()
            said = {**load.report(), "publishes_s": publishes, "whole_again_s": round(self.whole(), 1)}
        self.expect(
            not load.failures,
            f"no search of {said['searches']} failed, longest {said['longest_s']} s {load.failures[:3]}",
        )
        self.expect(not lost, f"every one of {len(self.documents)} documents is there, edits included")
        return said

    def cut(self, several: bool) -> dict[str, Any]:
        say(f"▸ {'two of three are' if several else 'the primary is'} cut off in mid-publish ({self.net.how})")
        if several:  # the one that stays has a copy of both, so that it can answer
            stays = min(self.holders("units") & self.holders("documents"))
            victims = [n for n, node in enumerate(self.nodes) if node.name != stays]
        else:
            victims = [self.holder("units")]
        before, changed = dict(self.documents), self.edited(self.plan["edits"])
        after = before | {d.id: d for d in changed}
        outcome: dict[str, Any] = {}
        publishing = threading.Thread(target=self.publish, args=(changed, outcome))
        looks: dict[str, int] = {"before": 0, "after": 0, "half": 0, "unanswered": 0}
        with open_index(self.settings) as index:
            load = Load(index, self.queries)
            with load.running(self.plan["searchers"]):
                publishing.start()
                self.wait_until_writing(publishing)
                for n in victims:
                    self.net.cut(n, self.nodes[n])
                end = time.monotonic() + self.plan["cut_seconds"]
                while time.monotonic() < end or (several and publishing.is_alive()):
                    looks[self.look(before, after)] += 1
                    time.sleep(0.2)
                for n in victims:
                    self.net.heal(n, self.nodes[n])
                publishing.join()
                whole = self.whole()
                time.sleep(self.plan["calm_seconds"])
        last = self.look(before, after)
        said = {**load.report(), "publish": outcome, "looks": looks, "then": last, "whole_again_s": round(whole, 1)}
        self.expect(
            not looks["half"] and last in ("before", "after"), f"all of it or none was seen: {looks}, then {last}"
        )
        true = outcome["published"] in (None, last == "after")
        self.expect(true, f"the publisher was told the truth: {outcome}")
        if several:
            within = self.plan["told_seconds"]
            told = outcome["published"] is False and outcome["seconds"] < within
            self.expect(told, f"without a majority the publisher was told so within {within} s")
            self.expect(not looks["after"], "without a majority nothing was published")
            self.expect(looks["before"] > 0, "the old version was served by the one that was left")
        publish(changed, [], self.settings)
        self.took(changed)
        self.expect(self.is_served(after), "afterwards it can be published")
        return said

    def publish(self, changed: Sequence[Document], outcome: dict[str, Any]) -> None:
        """`outcome`: published (None: not known), told, seconds."""
        begun = time.monotonic()
        try:
            publish(changed, [], self.settings)
            outcome["published"] = True
        except Unconfirmed as error:
            outcome |= {"published": None, "told": str(error)}
        except EngineUnavailable as error:
            outcome |= {"published": False, "told": str(error)}
        outcome["seconds"] = round(time.monotonic() - begun, 1)

    def wait_until_writing(self, publishing: threading.Thread) -> None:
        """Until the state says that an edition was begun."""
        while publishing.is_alive():
            found = self.any_node().ask("GET", f"/{NAME}-documents/_doc/state")
            state = json.loads(found["_source"]["state"])
            if state["attempt"] > state["changes"]:
                return
            time.sleep(0.002)

    def look(self, before: dict[str, Document], after: dict[str, Document]) -> str:
        try:
            served = self.served()
        except EngineUnavailable:
            return "unanswered"
        for name, wanted in (("before", before), ("after", after)):
            if served == {d.id: d.digest() for d in wanted.values()}:
                return name
        return "half"


def main() -> None:
    if INSIDE not in os.environ:  # within, nothing can be fetched
        try:
            set_up()
            fetched()
        except Failed as error:
            say(f"✗ {error}")
            sys.exit(1)
    become_alone("benchmarks.drill")
    net = network(NODES)
    plan = yaml.safe_load(PLAN.read_text("utf-8"))
    result: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        with cluster(Path(folder), net, plan) as nodes:
            result["ready_s"] = round(time.monotonic() - begun, 1)
            say(f"▸ three nodes after {result['ready_s']} s; the city's index")
            settings = settings_for(nodes, Path(folder) / "index")
            settings.path.mkdir()
            # a publisher has the vectors of what it published before; without them an edit would encode all anew
            shutil.copy(VAR / "index" / "vectors.sqlite", settings.path)
            drill = Drill(nodes, net, settings, plan)
            report = build(drill.documents.values(), settings)
            drill.whole()
            result |= {"documents": len(drill.documents), "units": report.sections, "build_s": report.seconds}
            result["killed"] = drill.killed()
            result["primary_cut"] = drill.cut(several=False)
            result["majority_cut"] = drill.cut(several=True)
    result |= {"load_after": round(os.getloadavg()[0], 1), "broken": drill.broken}
    OUT.mkdir(exist_ok=True)
    out = OUT / f"drill-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}.json"
    out.write_text(json.dumps(result, ensure_ascii=False, indent=1))
    say(relative(out))
    say(json.dumps(result, ensure_ascii=False))
    if drill.broken:
        sys.exit(1)


if __name__ == "__main__":
    main()

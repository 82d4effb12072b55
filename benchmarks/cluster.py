"""Three Elasticsearch nodes of the drill, secured as people secure theirs, and the index on them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.partition import Network
from index import IndexSettings, default_encoder
from scripts.local_elasticsearch import ElasticsearchNode, Secured
from scripts.processes import ROOT, VAR
from scripts.run import free_port

NODES = 3
NAME = "govassist"
ROLE = ROOT / "deploy" / "elasticsearch" / "publisher.json"


@contextlib.contextmanager
def cluster(folder: Path, net: Network, plan: Any) -> Iterator[list[ElasticsearchNode]]:
    ports = [free_port() for _ in range(NODES)]
    peers = [(f"n{n}", f"{net.hosts[n]}:{ports[n]}") for n in range(NODES)]
    folder.chmod(0o755)
    secured = Secured.make(folder / "certificates", net.hosts)
    nodes = [
        ElasticsearchNode(
            f"n{n}",
            host=net.hosts[n],
            transport=ports[n],
            peers=peers,
            home=folder / f"n{n}",
            secured=secured,
            settings=plan["detection"],
        )
        for n in range(NODES)
    ]
    try:
        for node in nodes:
            node.launch()
        for node in nodes:
            node.wait(NODES)
        yield nodes
    finally:
        for node in nodes:
            node.close()


def settings_for(nodes: Sequence[ElasticsearchNode], path: Path) -> IndexSettings:
    role = json.loads(ROLE.read_text("utf-8"))
    secured = nodes[0].secured
    assert secured is not None
    return IndexSettings(
        path,
        ",".join(node.url for node in nodes),
        default_encoder(VAR / "encoder"),
        NAME,
        api_key=nodes[0].api_key("drill", role),
        ca_certs=secured.ca,
    )

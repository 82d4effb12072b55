"""A network that can be cut. The whole drill runs in a network namespace of its own, each node on a loopback address of its
own; a node is cut off by a routing rule that swallows what goes to it: open connections go silent, new ones fail. Where
that is not allowed (no root, no `ip`), a node is cut off by SIGSTOP: it hangs, with its connections open."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field

from scripts.local_elasticsearch import ElasticsearchNode
from scripts.run import LOOPBACK

INSIDE = "DRILL_NETWORK"
SUBNET = "127.213.7"
IP_SECONDS = 20


@dataclass
class Network:
    """`hosts[n]` is where node n listens."""

    hosts: list[str]
    own: bool
    cut_off: set[int] = field(default_factory=set)

    @property
    def how(self) -> str:
        return "network namespace, packets swallowed" if self.own else "SIGSTOP"

    def cut(self, number: int, node: ElasticsearchNode) -> None:
        self.cut_off.add(number)
        if self.own:
            _ip("rule", "add", "pref", "0", "to", self.hosts[number], "blackhole")
        else:
            node.signal(signal.SIGSTOP)

    def heal(self, number: int, node: ElasticsearchNode) -> None:
        self.cut_off.discard(number)
        if self.own:
            _ip("rule", "del", "pref", "0", "to", self.hosts[number], "blackhole")
        else:
            node.signal(signal.SIGCONT)


def become_alone(module: str) -> None:
    """Starts this program again in a network namespace of its own, where that is possible."""
    able = os.geteuid() == 0 and shutil.which("ip") and shutil.which("unshare")
    if INSIDE in os.environ or not able or subprocess.run(["unshare", "-n", "true"], check=False).returncode:
        return
    os.environ[INSIDE] = "own"
    os.execvp("unshare", ["unshare", "-n", sys.executable, "-m", module, *sys.argv[1:]])


def network(nodes: int) -> Network:
    if INSIDE not in os.environ:
        return Network([LOOPBACK] * nodes, own=False)
    _ip("link", "set", "lo", "up")
    # rules of ours must come before the one that delivers to this machine
    _ip("rule", "add", "pref", "1", "lookup", "local")
    _ip("rule", "del", "pref", "0")
    return Network([f"{SUBNET}.{n + 11}" for n in range(nodes)], own=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=IP_SECONDS)

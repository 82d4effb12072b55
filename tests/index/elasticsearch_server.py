"""A real Elasticsearch node for tests, from the artifact that Elastic publishes on the Maven registry; no container."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack"
CACHE = Path("var/elasticsearch")
START_SECONDS = 120
DOWNLOAD_SECONDS = 900


class ElasticsearchNode:
    """One node on a free port. `stop` and `start` may alternate: the data stay until `close`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="elasticsearch-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._program = distribution(self.home)
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("config", "data", "logs", "tmp"):
            (self.home / name).mkdir()
        for path in (self._program / "config").iterdir():
            shutil.copy(path, self.home / "config") if path.is_file() else None
        (self.home / "config" / "elasticsearch.yml").write_text(self._settings(), "utf-8")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", str(self.home)], check=True)
        self.home.chmod(0o755)

    def start(self) -> None:
        environment = {
            **{k: os.environ[k] for k in ("PATH", "LANG") if k in os.environ},
            "ES_JAVA_HOME": str(Path(shutil.which("java") or "java").resolve().parents[1]),
            "HOME": str(self.home),
            "ES_PATH_CONF": str(self.home / "config"),
            "ES_TMPDIR": str(self.home / "tmp"),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        }
        # the server refuses to run as root
        become = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        with (self.home / "out.txt").open("wb") as out:
            self._process = subprocess.Popen(
                [*become, str(self._program / "bin" / "elasticsearch")],
                env=environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._wait()

    def stop(self) -> None:
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s", timeout=6):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise RuntimeError(f"Elasticsearch 没有启动：{(self.home / 'out.txt').read_text('utf-8')[-2000:]}")

    def _settings(self) -> str:
        return "\n".join(
            [
                "cluster.name: tests",
                "node.name: n1",
                "discovery.type: single-node",
                "network.host: 127.0.0.1",
                f"http.port: {self.port}",
                f"transport.port: {free_port()}",
                f"path.data: {self.home / 'data'}",
                f"path.logs: {self.home / 'logs'}",
                "xpack.security.enabled: false",
                "cluster.routing.allocation.disk.threshold_enabled: false",
                "",
            ]
        )


def distribution(home: Path) -> Path:
    """The unpacked server; copied beside the node's data where another user could not read the cache."""
    cached = CACHE.resolve() / f"elasticsearch-{VERSION}"
    if not cached.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached.parent) as aside:
            command = ["mvn", "-q", "-B", UNPACK, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={aside}"]
            # Without a project the plug-in writes its markers into the working folder.
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=aside, timeout=DOWNLOAD_SECONDS)
            subprocess.run(["chmod", "-R", "a+rX", aside], check=True)
            (Path(aside) / cached.name).rename(cached)
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (cached, *cached.parents)):
        return cached
    copied = home / cached.name
    shutil.copytree(cached, copied, symlinks=True)
    return copied


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

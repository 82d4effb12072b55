"""A real Elasticsearch for tests, drills and try-outs (elasticsearch_program.py brings it); no container. Everything listens
on loopback."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.elasticsearch_program import program
from scripts.run import LOOPBACK, free_port

START_SECONDS = 180
KEY_SECONDS = 60.0
OPENSSL_SECONDS = 60
ROUNDS = 10_000  # of PBKDF2, the server's own default
SUPERUSER = "superuser"


@dataclass(frozen=True)
class Secured:
    """Certificates made for one run (a CA, and one for all servers), and a superuser's password."""

    ca: Path
    certificate: Path
    key: Path
    password: str

    @classmethod
    def make(cls, folder: Path, hosts: Sequence[str] = (LOOPBACK,)) -> Secured:
        """By openssl, for servers at these addresses; nothing of it is kept longer than the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        ca, ca_key, key, request, certificate = (
            folder / name for name in ("ca.crt", "ca.key", "node.key", "node.csr", "node.crt")
        )
        extensions = folder / "node.ext"
        addresses = ",".join(f"IP:{host}" for host in dict.fromkeys(hosts))
        extensions.write_text(f"subjectAltName={addresses},DNS:localhost\n", "utf-8")
        new: list[str | Path] = ["req", "-newkey", "rsa:2048", "-nodes"]
        _openssl(*new, "-x509", "-days", "2", "-subj", "/CN=CA of one test", "-keyout", ca_key, "-out", ca)
        _openssl(*new, "-subj", "/CN=localhost", "-keyout", key, "-out", request)
        signing: list[str | Path] = [
            "x509",
            "-req",
            "-days",
            "2",
            "-CA",
            ca,
            "-CAkey",
            ca_key,
            "-CAcreateserial",
            "-extfile",
            extensions,
        ]
        _openssl(*signing, "-in", request, "-out", certificate)
        key.chmod(0o644)
        return cls(ca, certificate, key, base64.urlsafe_b64encode(os.urandom(18)).decode())


class ElasticsearchNode:
    """One node. `stop` and `start` may alternate: the data stay until `close`. `peers` are (name, address of transport)
    of the cluster that it forms at its first start, itself included; without, it stands alone."""

    def __init__(
        self,
        name: str = "n1",
        *,
        host: str = LOOPBACK,
        transport: int | None = None,
        peers: Sequence[tuple[str, str]] = (),
        secured: Secured | None = None,
        settings: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        self.home = home or Path(tempfile.mkdtemp(prefix="elasticsearch-"))
        self.name, self.host, self.port = name, host, free_port()
        self.secured = secured
        self.url = f"{'https' if secured else 'http'}://{host}:{self.port}"
        self._program = program(self.home)
        self._process: subprocess.Popen[bytes] | None = None
        for folder in ("config", "data", "logs", "tmp"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        for path in (self._program / "config").iterdir():
            shutil.copy(path, self.home / "config") if path.is_file() else None
        lines = {**self._settings(transport or free_port(), peers), **(settings or {})}
        (self.home / "config" / "elasticsearch.yml").write_text(
            "".join(f"{key}: {value}\n" for key, value in lines.items()), "utf-8"
        )
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", str(self.home)], check=True)
        self.home.chmod(0o755)

    def api_key(self, name: str, role: Mapping[str, Any]) -> str:
        """A new key (as ELASTICSEARCH_API_KEY takes it) that may do what the role descriptor says, and no more."""
        asked = {"name": name, "role_descriptors": {name: role}}
        return str(self.ask("POST", "/_security/api_key", asked, KEY_SECONDS)["encoded"])

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        self.launch()
        self.wait()

    def launch(self) -> None:
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
                [*become, str(self._program / "bin" / "elasticsearch"), "-p", str(self.home / "pid")],
                env=environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def wait(self, nodes: int = 1) -> None:
        """Until it knows so many nodes and every primary is there."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                self.ask("GET", f"/_cluster/health?wait_for_status=yellow&wait_for_nodes=>={nodes}&timeout=5s")
                return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"Elasticsearch 没有启动：{(self.home / 'out.txt').read_text('utf-8')[-2000:]}")

    def ask(self, method: str, path: str, body: Any = None, seconds: float = 10.0) -> Any:
        """As the superuser. Raises OSError (HTTPError) where it does not answer or refuses."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode() if body is not None else None, method=method
        )
        request.add_header("content-type", "application/json")
        context = None
        if self.secured:
            basic = base64.b64encode(f"{SUPERUSER}:{self.secured.password}".encode()).decode()
            request.add_header("authorization", f"Basic {basic}")
            context = ssl.create_default_context(cafile=str(self.secured.ca))
        with urllib.request.urlopen(request, timeout=seconds, context=context) as answer:
            return json.loads(answer.read() or b"null")

    def signal(self, number: signal.Signals) -> None:
        """To the server and what it started (STOP and CONT: it hangs and goes on)."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def stop(self) -> None:
        """By SIGKILL: nothing is told to anybody."""
        if self._process is None:
            return
        self.signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _settings(self, transport: int, peers: Sequence[tuple[str, str]]) -> dict[str, str]:
        together = {
            "discovery.seed_hosts": json.dumps([address for _, address in peers]),
            "cluster.initial_master_nodes": json.dumps([name for name, _ in peers]),
        }
        return {
            "cluster.name": "local",
            "node.name": self.name,
            "network.host": self.host,
            "http.port": str(self.port),
            "transport.port": str(transport),
            "path.data": str(self.home / "data"),
            "path.logs": str(self.home / "logs"),
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **(together if peers else {"discovery.type": "single-node"}),
            **(self._secure(bool(peers)) if self.secured else {"xpack.security.enabled": "false"}),
        }

    def _secure(self, together: bool) -> dict[str, str]:
        """TLS for people who ask (and among the nodes, where there are several), API keys, and a superuser in the file realm,
        hashed as the server's own tool does."""
        assert self.secured is not None
        config = self.home / "config"
        for path in (self.secured.certificate, self.secured.key, self.secured.ca):
            shutil.copy(path, config / path.name)
        salt = os.urandom(32)
        digest = hashlib.pbkdf2_hmac("sha512", self.secured.password.encode(), salt, ROUNDS, 32)
        hashed = "$".join([str(ROUNDS), *(base64.b64encode(part).decode() for part in (salt, digest))])
        (config / "users").write_text(f"{SUPERUSER}:{{PBKDF2}}{hashed}\n", "utf-8")
        (config / "users_roles").write_text(f"superuser:{SUPERUSER}\n", "utf-8")
        return {
            "xpack.security.enabled": "true",
            "xpack.security.authc.password_hashing.algorithm": "pbkdf2",
            **_ssl("http", self.secured),
            **(_ssl("transport", self.secured) if together else {}),
        }


def _ssl(layer: str, secured: Secured) -> dict[str, str]:
    """`http` or `transport`, by files in the node's config."""
    given = {
        "enabled": "true",
        "key": secured.key.name,
        "certificate": secured.certificate.name,
        "certificate_authorities": secured.ca.name,
    }
    return {f"xpack.security.{layer}.ssl.{name}": value for name, value in given.items()}


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=OPENSSL_SECONDS)

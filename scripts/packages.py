"""Makes sure that what the tests need beside Python and Node is here, from Debian's packages.

usage: python -m scripts.packages

Chromium, which Playwright drives, with Chinese fonts; Java and Maven, which bring and run a real Elasticsearch;
PostgreSQL, on which the database tests run again; nginx, behind which several processes are tried.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.processes import VAR, Failed, run_logged, say

APT_TIMEOUT = 900.0
PROBE_TIMEOUT = 60.0


@dataclass(frozen=True)
class Need:
    """Something the tests need, how to see that it is here, and the package that brings it."""

    package: str
    is_here: Callable[[], bool]


def chromium() -> str | None:
    """The path of Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(
        ["fc-list", ":lang=zh-cn"], capture_output=True, text=True, timeout=PROBE_TIMEOUT, check=False
    )
    return bool(listed.stdout.strip())


def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres of the newest version, or None: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    onpath = shutil.which("initdb")
    return found[-1].parent if found else Path(onpath).parent if onpath else None


def nginx() -> str | None:
    """The path of nginx, or None: Debian keeps it where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


NEEDS = (
    Need("chromium", lambda: chromium() is not None),
    Need("fonts-noto-cjk", has_chinese_font),
    Need("openjdk-17-jdk-headless", lambda: shutil.which("java") is not None and shutil.which("javac") is not None),
    Need("postgresql", lambda: postgresql_programs() is not None),
    Need("nginx", lambda: nginx() is not None),
    Need("maven", lambda: shutil.which("mvn") is not None),
)


def ensure() -> None:
    """Installs what is missing.

    Raises:
        Failed: it is missing and this is neither Debian nor root; the message says what to install.
    """
    missing = [need.package for need in NEEDS if not need.is_here()]
    if not missing:
        return
    wanted = " ".join(missing)
    if not shutil.which("apt-get"):
        raise Failed(f"the tests need {wanted}: install them with this system's package manager")
    if os.geteuid() != 0:
        raise Failed(f"the tests need {wanted}: sudo apt-get update && sudo apt-get install -y {wanted}")
    say(f"▸ {wanted} from Debian's packages")
    log = VAR / "log" / "setup" / "packages.log"
    log.unlink(missing_ok=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    # A fresh list first: Debian removes superseded versions, and an old list asks for them.
    run_logged(["apt-get", "update", "-q"], log, timeout=APT_TIMEOUT, env=quiet)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    run_logged([*install, *missing], log, timeout=APT_TIMEOUT, env=quiet)
    absent = [need.package for need in NEEDS if not need.is_here()]
    if absent:
        raise Failed(f"{' '.join(absent)}: installed, but still not found; see var/log/setup/packages.log")


def main() -> None:
    try:
        ensure()
    except Failed as error:
        raise SystemExit(f"✗ {error}") from None
    say("✓ all that the tests need is here")


if __name__ == "__main__":
    main()

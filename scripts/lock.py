"""Writes requirements/*.txt from requirements/*.in, with hashes, keeping the versions that still fit.

usage: python -m scripts.lock [--upgrade]
"""

from __future__ import annotations

import subprocess
import sys

from scripts.environments import LOCKS, PYTHONS, find_uv
from scripts.processes import Failed, say

# No header, annotation or index address: a lock names packages and hashes, nothing of the machine that wrote it.
OPTIONS = ("--generate-hashes", "--no-header", "--no-annotate", "--quiet")
LOCK_TIMEOUT = 600.0


def lock(name: str, python: str, extra: tuple[str, ...]) -> None:
    command = [find_uv(), "pip", "compile", *OPTIONS, "--python-version", python, *extra]
    say(f"▸ requirements/{name}.txt")
    subprocess.run([*command, f"{name}.in", "-o", f"{name}.txt"], cwd=LOCKS, timeout=LOCK_TIMEOUT, check=True)


def main(arguments: list[str]) -> None:
    extra = ("--upgrade",) if "--upgrade" in arguments else ()
    try:
        lock("bootstrap", "3.9", extra)
        # product first: test, bench and train are held to its versions.
        for name in ("product", "test", "bench", "train", "rasa"):
            overrides = LOCKS / f"{name}-overrides.in"
            lock(name, PYTHONS[name], (*extra, "--override", overrides.name) if overrides.exists() else extra)
    except (Failed, subprocess.SubprocessError) as error:
        raise SystemExit(f"✗ {error}") from None


if __name__ == "__main__":
    main(sys.argv[1:])

"""The checks that need no running service; all of them run, and any failure fails the whole.

usage: python -m scripts.check [--fix]
"""

from __future__ import annotations

import subprocess
import sys
import time

from scripts.environments import python_of
from scripts.processes import ROOT, say

PYTHON = str(python_of("test"))
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy", "--no-error-summary", "."],
    "rooms and repository": [
        "pytest",
        "-q",
        "--no-header",
        "--durations=0",
        "tests/ops/test_rooms.py",
        "tests/ops/test_repository.py",
    ],
    "content": ["knowledge_base", "lint"],
}
CHECK_TIMEOUT = 600.0


def main(arguments: list[str]) -> None:
    if "--fix" in arguments:
        for fix in (["ruff", "check", "--fix", "--quiet", "."], ["ruff", "format", "."]):
            subprocess.run([PYTHON, "-m", *fix], cwd=ROOT, check=False, timeout=CHECK_TIMEOUT)
        return
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run([PYTHON, "-m", *command], cwd=ROOT, check=False, timeout=CHECK_TIMEOUT)
        say(f"{'✓' if done.returncode == 0 else '✗'} {name} ({time.monotonic() - started:.1f} s)")
        failed += [name] if done.returncode else []
    if failed:
        raise SystemExit(f"✗ failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The checks that need no running service; all of them run, and any failure fails the whole.

usage: python -m scripts.check [--fix]
"""

from __future__ import annotations

import subprocess
import sys
import time

from scripts.environments import python_of
from scripts.processes import ROOT, Failed, only_one, say
from scripts.setup import web_packages
from scripts.steps import perform

PYTHON = str(python_of("test"))
OWN_RULES = ["tests/ops/test_rooms.py", "tests/ops/test_repository.py"]
CHECKS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
    "types": [PYTHON, "-m", "mypy", "--no-error-summary", "."],
    "rooms and repository": [PYTHON, "-m", "pytest", "-q", "--no-header", "--durations=0", *OWN_RULES],
    "content": [PYTHON, "-m", "knowledge_base", "lint", "--quiet"],
    "API document": [PYTHON, "-m", "search_api", "openapi", "--check"],
    "front end": ["npm", "--prefix", "web", "run", "--silent", "check"],
}
CHECK_TIMEOUT = 600.0


def main(arguments: list[str]) -> None:
    if "--fix" in arguments:
        for fix in (["ruff", "check", "--fix", "--quiet", "."], ["ruff", "format", "."]):
            subprocess.run([PYTHON, "-m", *fix], cwd=ROOT, check=False, timeout=CHECK_TIMEOUT)
        return
    try:
        with only_one("setup"):
            perform(web_packages())
    except Failed as error:
        raise SystemExit(f"✗ {error}") from None
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, check=False, timeout=CHECK_TIMEOUT, stdin=subprocess.DEVNULL)
        say(f"{'✓' if done.returncode == 0 else '✗'} {name} ({time.monotonic() - started:.1f} s)")
        failed += [name] if done.returncode else []
    if failed:
        raise SystemExit(f"✗ failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])

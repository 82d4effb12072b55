"""Makes the project's Python environments from their lock files, with uv.

Standard library only, Python 3.9 or later: it runs before any environment exists.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts.processes import ROOT, VAR, Failed, run_logged, say

LOCKS = ROOT / "requirements"
BOOTSTRAP = VAR / "bootstrap"  # holds uv where the machine has none
# Environment -> its folder and its Python. Two, because Rasa 3.6 pins an older Python and older libraries.
FOLDERS = {
    "product": ".venv",
    "test": ".venv",
    "bench": ".venv-bench",
    "train": ".venv-train",
    "rasa": ".venv-rasa",
}
PYTHONS = {"product": "3.11", "test": "3.11", "bench": "3.11", "train": "3.11", "rasa": "3.10"}
# test.txt is a superset of product.txt (tests/ops/test_repository.py proves it), so one folder serves both.
CONTAINS = {"test": ("test", "product")}
SYSTEM = Path("/usr/bin")
LAP = """
import bz2, ctypes, lzma, sqlite3, ssl, time, zlib
def lap():
    begun, counts = time.perf_counter(), {}
    for number in range(20000):
        key = str(number % 100)
        counts[key] = counts.get(key, 0) + number
    return time.perf_counter() - begun
print(min(lap() for _ in range(20)))
"""
CLEARLY = 0.9
SYNC_TIMEOUT = 3600.0
PROBE_TIMEOUT = 30.0


def python_of(environment: str) -> Path:
    """The interpreter of an environment, made or not."""
    return ROOT / FOLDERS[environment] / "bin" / "python"


def lock_digest(environment: str) -> str:
    return hashlib.sha256((LOCKS / f"{environment}.txt").read_bytes()).hexdigest()


def is_current(environment: str) -> bool:
    """Whether the environment was synced from exactly today's lock file."""
    return _stamp(environment).get(environment) == lock_digest(environment) and python_of(environment).exists()


def ensure(environment: str) -> None:
    """Creates and syncs an environment unless it is current already.

    Raises:
        Failed: no such Python or no uv is to be had, or a package could not be installed.
    """
    if is_current(environment):
        return
    started = time.monotonic()
    folder, version = ROOT / FOLDERS[environment], PYTHONS[environment]
    say(f"▸ Python {version} environment {FOLDERS[environment]} ({environment}.txt)")
    uv = find_uv()
    log = VAR / "log" / "setup" / f"environment-{environment}.log"
    log.unlink(missing_ok=True)
    _stamp_file(environment).unlink(missing_ok=True)
    if not _answers(str(python_of(environment)), version):
        run_logged(
            [uv, "venv", "--clear", "--python", find_python(version, uv), str(folder)], log, timeout=PROBE_TIMEOUT * 4
        )
    sync = [uv, "pip", "sync", "--require-hashes", "--compile-bytecode", "--python", str(python_of(environment))]
    run_logged([*sync, str(LOCKS / f"{environment}.txt")], log, timeout=SYNC_TIMEOUT)
    digests = {name: lock_digest(name) for name in CONTAINS.get(environment, (environment,))}
    _stamp_file(environment).write_text(json.dumps(digests))
    say(f"  done in {time.monotonic() - started:.1f} s")


def find_uv() -> str:
    """A uv that runs: the one on PATH, or one installed into var/bootstrap.

    Raises:
        Failed: neither is there and it cannot be installed; the message names the Debian package that helps.
    """
    private = BOOTSTRAP / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(private)):
        if candidate and _output([candidate, "--version"]):
            return candidate
    say("  no uv here: installing it into var/bootstrap")
    log = VAR / "log" / "setup" / "uv.log"
    log.unlink(missing_ok=True)
    try:
        # A private environment, because Debian's own Python refuses pip (PEP 668).
        run_logged([sys.executable, "-m", "venv", "--clear", str(BOOTSTRAP)], log, timeout=PROBE_TIMEOUT * 4)
    except Failed as error:
        raise Failed(f"{error}\nneither uv nor Python's venv is here: apt-get install python3-venv") from error
    pip = [str(BOOTSTRAP / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    run_logged([*pip, "-r", str(LOCKS / "bootstrap.txt")], log, timeout=PROBE_TIMEOUT * 10)
    return str(private)


def find_python(version: str, uv: str) -> str:
    """The path of an interpreter of that minor version: the fastest on PATH, under pyenv and of the system, else what uv knows,
    else uv's download.

    Raises:
        Failed: none is to be had.
    """
    candidates = (shutil.which(f"python{version}"), *_pyenv_pythons(version), str(SYSTEM / f"python{version}"))
    running = dict.fromkeys(real for candidate in candidates if candidate and (real := _answers(candidate, version)))
    if running:
        return fastest(list(running))
    say(f"  no Python {version} on PATH or under pyenv: asking uv for one")
    # uv stops at a pyenv shim whose version is not switched on, so the shims are taken off its PATH.
    path = os.pathsep.join(p for p in os.environ.get("PATH", "").split(os.pathsep) if not p.endswith("shims"))
    found = _output([uv, "python", "find", version], path=path)
    if not found:
        _output([uv, "python", "install", version], path=path, timeout=PROBE_TIMEOUT * 10)
        found = _output([uv, "python", "find", "--managed-python", version], path=path)
    if found and (real := _answers(found, version)):
        return real
    raise Failed(
        f"Python {version} is missing: no python{version} on PATH, none under pyenv, and uv could not download it.\n"
        f"Install one, for example: pyenv install {version} (or apt-get install python{version} python{version}-venv)"
    )


def fastest(pythons: list[str]) -> str:
    """The first, unless another one is clearly faster: pyenv builds without profile and link-time optimisation, which Debian's
    packages have, and a search then takes a twentieth longer."""
    seconds = {python: _seconds(python) for python in pythons}
    best = min(pythons, key=seconds.__getitem__)
    return best if seconds[best] < CLEARLY * seconds[pythons[0]] else pythons[0]


def _seconds(python: str) -> float:
    """That it takes for a little of what Python does; infinite where a part is missing that the product needs."""
    try:
        return float(_output([python, "-c", LAP]))
    except ValueError:
        return float("inf")


def _pyenv_pythons(version: str) -> list[str]:
    root = os.environ.get("PYENV_ROOT") or str(Path.home() / ".pyenv")
    return sorted(str(path) for path in Path(root).glob(f"versions/{version}.*/bin/python{version}"))[::-1]


def _answers(python: str, version: str) -> str:
    """The real path of `python` when it runs and is of that minor version, else an empty text (a shim may not run)."""
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    found, _, executable = _output([python, "-c", code]).partition(" ")
    return executable if found == version else ""


def _output(argv: list[str], *, path: str | None = None, timeout: float = PROBE_TIMEOUT) -> str:
    env = {**os.environ, **({"PATH": path} if path is not None else {})}
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=timeout, check=False, env=env, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _stamp_file(environment: str) -> Path:
    return ROOT / FOLDERS[environment] / "locks.json"


def _stamp(environment: str) -> dict[str, str]:
    try:
        stamp = json.loads(_stamp_file(environment).read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}

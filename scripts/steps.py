"""Set-up steps that are done once and again only when what they read has changed."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import ROOT, VAR, Failed, run_logged, say

STAMPS = VAR / "stamps"
IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules", "dist", ".rasa", "models"})


@dataclass(frozen=True)
class Step:
    """Commands that turn `inputs` (glob patterns from the root) into `outputs` (paths from the root)."""

    name: str
    title: str
    commands: Sequence[Sequence[str]]
    inputs: Sequence[str]
    outputs: Sequence[str]
    timeout: float
    cwd: str = "."
    generated: Sequence[str] = field(default=())  # written among the inputs by the commands themselves
    environment: Sequence[str] = field(default=())  # variables whose value changes what is made
    tells: bool = False  # its last line of output is for the person who waits
    needs: Callable[[], str] = lambda: ""  # what this machine lacks for it, in words; empty when nothing


def files_of(patterns: Iterable[str], root: Path = ROOT) -> list[Path]:
    """The files that the patterns name, sorted; generated folders left out.

    Raises:
        Failed: a pattern names no file: the step would never notice a change.
    """
    found: set[Path] = set()
    for pattern in patterns:
        matches = [
            p for p in root.glob(pattern) if p.is_file() and not IGNORED_FOLDERS & set(p.relative_to(root).parts)
        ]
        if not matches:
            raise Failed(f"no file matches {pattern}")
        found.update(matches)
    return sorted(found)


def digest(step: Step, root: Path = ROOT) -> str:
    """A digest of the step's commands, the variables it heeds, and the names and bytes of its input files."""
    sums = hashlib.sha256(json.dumps([list(map(list, step.commands)), step.cwd]).encode())
    for variable in step.environment:
        sums.update(f"{variable}={os.environ.get(variable, '')}\0".encode())
    for path in files_of(step.inputs, root):
        if str(path.relative_to(root)) in step.generated:
            continue
        sums.update(f"{path.relative_to(root)}\0".encode())
        sums.update(hashlib.sha256(path.read_bytes()).digest())
    return sums.hexdigest()


def perform(step: Step, root: Path = ROOT, stamps: Path = STAMPS) -> bool:
    """Does the step unless its stamp shows that nothing it reads has changed; returns whether it did.

    Raises:
        Failed: the machine lacks something, a command failed, or an output is not there afterwards.
    """
    stamp = stamps / step.name
    wanted = digest(step, root)
    made = all((root / output).exists() for output in step.outputs)
    if made and stamp.exists() and stamp.read_text() == wanted:
        return False
    say(f"▸ {step.title}")
    if missing := step.needs():
        raise Failed(missing)
    started = time.monotonic()
    # Gone while it is being done: an interrupted step is done again.
    stamp.unlink(missing_ok=True)
    log = VAR / "log" / "setup" / f"{step.name}.log"
    log.unlink(missing_ok=True)
    for command in step.commands:
        run_logged(command, log, timeout=step.timeout, cwd=root / step.cwd)
    absent = [output for output in step.outputs if not (root / output).exists()]
    if absent:
        raise Failed(f"{step.title}: {', '.join(absent)} was not made; see var/log/setup/{step.name}.log")
    stamps.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    if step.tells and (told := log.read_text(errors="replace").split("\n")[-2:-1]):
        say(f"  {told[0].rsplit(chr(13))[-1]}")
    say(f"  done in {time.monotonic() - started:.1f} s")
    return True

"""What git holds, for the tests of this folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.ops.rooms import ROOT


def tracked_files() -> list[Path]:
    """Files of the repository relative to its root: those git holds and those it would take; deleted ones left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60).stdout.decode()
    return sorted({Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()})

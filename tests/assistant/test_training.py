"""train.py as a maintainer calls it."""

from __future__ import annotations

import subprocess
import sys

from knowledge_base.loader import load_city
from tests.assistant import project

LOOKUPS = project.ROOT / "var" / "rasa" / "lookups"


def train(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "train.py", *arguments]
    return subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_help_explains_the_stages() -> None:
    done = train("--help")
    assert done.returncode == 0
    assert "nlu" in done.stdout
    assert "look-ups" in done.stdout


def test_nothing_is_trained_again_when_nothing_has_changed() -> None:
    before = (project.MODEL / "assistant.tar.gz").stat().st_mtime_ns
    done = train("nlu")
    assert done.returncode == 0
    assert done.stdout.startswith("nlu: nothing has changed (")
    assert (project.MODEL / "assistant.tar.gz").stat().st_mtime_ns == before


def test_look_ups_hold_every_name_of_the_city() -> None:
    city = load_city()
    regions = {name for r in city.info.regions for name in (r.name, *r.aliases)}
    items = {name for i in city.items.values() for name in (i.name, *i.aliases)}
    bundles = {name for b in city.bundles.values() for name in (b.name, *b.aliases)}
    for entity, names in (("region", regions), ("item", items | bundles)):
        lookup = project.read(LOOKUPS / f"{entity}.yml")["nlu"][0]
        assert lookup["lookup"] == entity
        assert set(lookup["examples"].splitlines()) == {f"- {name}" for name in names}


def test_an_unknown_stage_is_refused() -> None:
    assert train("nonsense").returncode == 2

"""Two branches that each add a migration make two heads, and no database can be opened any more: told here, before a merge."""

import shutil
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from .rooms import ROOT

FOLDERS = ("knowledge_base/store/migrations", "search_api/migrations")
SCRIPTS = [ROOT / name for name in FOLDERS]


def directory(scripts: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    return ScriptDirectory.from_config(config)


def heads(scripts: Path) -> list[str]:
    return list(directory(scripts).get_heads())


def test_every_folder_of_migrations_is_named_here() -> None:
    assert sorted(p.parent.relative_to(ROOT).as_posix() for p in ROOT.glob("[a-z]*/**/migrations/env.py")) == sorted(
        FOLDERS
    )


@pytest.mark.parametrize("scripts", SCRIPTS, ids=FOLDERS)
def test_migrations_have_one_head_and_run_in_the_order_of_their_files(scripts: Path) -> None:
    assert len(heads(scripts)) == 1
    walked = [r.revision for r in directory(scripts).walk_revisions(head="heads")]
    files = sorted(p.name.split("_")[0] for p in (scripts / "versions").glob("*.py"))
    assert list(reversed(walked)) == files


@pytest.mark.parametrize("scripts", SCRIPTS, ids=FOLDERS)
def test_a_second_head_is_seen(scripts: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(scripts, tmp_path / "migrations"))
    last = max((copy / "versions").glob("*.py"))
    (first,) = heads(copy)
    text = last.read_text(encoding="utf-8").replace(f'revision = "{first}"', 'revision = "other"', 1)
    (copy / "versions" / "9999_other.py").write_text(text, encoding="utf-8")
    assert sorted(heads(copy)) == sorted([first, "other"])

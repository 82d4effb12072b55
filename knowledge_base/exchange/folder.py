"""A city's folder written as a whole: beside it first, then in its place, so that nobody ever reads half."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..city import City
from ..loader import load_city
from ..store.bodies import FOLDER_OF
from .draft import Key
from .preview import Preview
from .yaml_text import added, dump, replaced, write

REPORTS = "import"
"""Folder of an imported city that holds mapping, report and raw rows; the loader passes over it."""


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A copy of the folder beside it, to be changed and swapped in; gone afterwards whatever happens."""
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(target)
    space = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        copy = space / target.name
        if target.exists():
            shutil.copytree(target, copy)
        else:
            copy.mkdir()
        yield copy
    finally:
        shutil.rmtree(space, ignore_errors=True)


def _before(target: Path) -> Path:
    return target.parent / f".{target.name}.before-import"


def recover(target: Path) -> None:
    """Puts back what a swap that was killed in between had moved away."""
    before = _before(target)
    if before.exists() and not target.exists():
        before.rename(target)
    elif before.exists():
        shutil.rmtree(before)


def swap(copy: Path, target: Path) -> None:
    """The copy takes the folder's place; a target that is there is kept until the copy stands."""
    before = _before(target)
    if target.exists():
        target.rename(before)
    try:
        copy.rename(target)
    except OSError:
        if before.exists():
            before.rename(target)
        raise
    if before.exists():
        shutil.rmtree(before)


def write_bodies(folder: Path, base: City | None, bodies: dict[Key, dict[str, Any]]) -> City:
    """Changed records stay in their files; new ones go to one file a department or kind. → the city as read back."""
    texts: dict[str, str] = {}
    fresh: dict[str, list[dict[str, Any]]] = {}
    for (kind, id_), body in bodies.items():
        if kind == "city":
            texts["city.yaml"] = dump(body)
            continue
        origin = base.origins.get((FOLDER_OF[kind], id_)) if base else None
        if origin:
            text = texts.get(origin.file) or (folder / origin.file).read_text(encoding="utf-8")
            texts[origin.file] = replaced(text, origin.path, body)
        else:
            name = str(body["department"]) if kind == "item" else "imported"
            fresh.setdefault(f"{FOLDER_OF[kind]}/{name}.yaml", []).append(body)
    for file, entries in fresh.items():
        old = folder / file
        text = texts.get(file) or (old.read_text(encoding="utf-8") if old.is_file() else "")
        texts[file] = added(text, entries)
    write(folder, texts)
    return load_city(folder)


def write_reports(folder: Path, preview: Preview, defects: list[dict[str, Any]], who: str, why: str) -> None:
    """Mapping, report with who and why, and every row as it was read."""
    reports = folder / REPORTS
    reports.mkdir(exist_ok=True)
    report = preview.as_json(changes=0) | {"who": who, "why": why, "defects": defects}
    (reports / "mapping.yaml").write_text(preview.mapping.to_yaml(), encoding="utf-8")
    (reports / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    with (reports / "rows.jsonl").open("w", encoding="utf-8") as out:
        for row in preview.raw:
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")

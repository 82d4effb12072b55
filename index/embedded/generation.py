"""Generations on disk: each is a folder that is complete before `CURRENT` names it, so that a reader, or a process killed
at any moment, sees the old version or the new one and nothing between.

A changed generation shares the files it did not touch with the one before by hard links: tantivy's segments and our
chunks are written once and never changed in place.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..engine import Manifest
from ..errors import IndexDamaged, IndexMissing

_CURRENT = "CURRENT"
_MISSING = "还没有建立索引：请先运行 python -m index build"
_PREFIX = "gen-"
_REWRITTEN = frozenset({"meta.json", ".managed.json", "manifest.json", "dead.npy"})
LEXICAL = ("units", "documents")
"""Tantivy's folders of a generation."""
_AT_ONCE = 16
_LOCKS = frozenset({".tantivy-writer.lock", ".tantivy-meta.lock"})


@dataclass(frozen=True)
class State:
    """What `manifest.json` of a generation says."""

    version: str
    manifest: Manifest
    chunks: tuple[tuple[str, int], ...]

    def write(self, folder: Path, dead: np.ndarray) -> None:
        np.save(folder / "dead.npy", np.packbits(dead))
        (folder / "manifest.json").write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> State:
        try:
            raw = json.loads((folder / "manifest.json").read_text("utf-8"))
            chunks = tuple((name, rows) for name, rows in raw["chunks"])
            made = raw["manifest"]
            made["region_names"] = tuple((region, tuple(names)) for region, names in made["region_names"])
            return cls(raw["version"], Manifest(**made), chunks)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"索引文件损坏：{folder.name}/manifest.json（{error}）") from error

    @property
    def rows(self) -> int:
        return sum(rows for _, rows in self.chunks)

    def dead(self, folder: Path) -> np.ndarray:
        try:
            return np.unpackbits(np.load(folder / "dead.npy"), count=self.rows).astype(bool)
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"索引文件损坏：{folder.name}/dead.npy（{error}）") from error


def current(root: Path) -> Path:
    """Folder of the generation that is served. Raises IndexMissing when none was published."""
    try:
        return root / (root / _CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        raise IndexMissing(_MISSING) from None


def mark(root: Path) -> tuple[int, int]:
    """Another one whenever another generation is served: of the file that names it, which is made anew each time. Every search
    looks, and this is a quarter of the cost of reading it. Raises IndexMissing when none was published."""
    try:
        status = os.stat(root / _CURRENT)
    except FileNotFoundError:
        raise IndexMissing(_MISSING) from None
    return status.st_ino, status.st_mtime_ns


@contextmanager
def preparing(root: Path, base: Path | None) -> Iterator[Path]:
    """A new generation's folder, a copy of `base` or empty; published when the block ends well, deleted when not."""
    root.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    folder = root / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
    try:
        if base is None:
            folder.mkdir()
        else:
            _link_tree(base, folder)
        yield folder
        _sync_tree(folder)
        _point(root, folder.name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _sweep(root)


def forget(root: Path) -> None:
    """Serve nothing any more."""
    (root / _CURRENT).unlink(missing_ok=True)
    _sweep(root)


def _point(root: Path, name: str) -> None:
    aside = root / f"{_CURRENT}.new"
    with aside.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(root / _CURRENT)
    _sync(root)


def _link_tree(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        elif path.name in _REWRITTEN:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        elif path.name not in _LOCKS:
            copy.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copy)


def _sync_tree(folder: Path) -> None:
    """All at once: the disk takes many for little more than one. Tantivy has synced its own folders, and may write there."""
    own = [path for path in folder.iterdir() if path.name not in LEXICAL]
    inside = [path for chunk in own if chunk.is_dir() for path in chunk.iterdir()]
    # what is shared with the generation before was synced with it
    fresh = [path for path in (*inside, *own) if path.is_dir() or path.stat().st_nlink == 1]
    with ThreadPoolExecutor(_AT_ONCE) as disk:
        list(disk.map(_sync, fresh))
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(root: Path) -> None:
    """Delete generations that are not served: leftovers of killed builds, and those before. Readers keep their open
    files."""
    try:
        served = current(root).name
    except IndexMissing:
        served = ""
    for path in root.glob(f"{_PREFIX}*"):
        if path.name != served:
            shutil.rmtree(path, ignore_errors=True)

"""What filters and ranking need of every document, in columns: a chunk of documents is written once and never changed,
and its files are mapped into memory, not read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ..engine import Facts, Filter
from ..grouping import group_of
from ..models import Document

_NEVER = 0
_FEW = 64
_READ_BYTES = 65_536
_ARRAYS = (
    *("ids", "digests", "starts", "kind", "department", "regions", "audiences", "dates", "popularity", "group"),
    *("titles", "title_starts"),
)


@dataclass(frozen=True)
class Columns:
    """`starts[i]:starts[i+1]` are the rows (within the chunk) of document i, `titles[title_starts[i]:title_starts[i+1]]` its title
    in UTF-8."""

    labels: dict[str, list[str]]
    ids: np.ndarray
    digests: np.ndarray
    starts: np.ndarray
    kind: np.ndarray
    department: np.ndarray
    regions: np.ndarray
    audiences: np.ndarray
    dates: np.ndarray
    popularity: np.ndarray
    group: np.ndarray
    titles: np.ndarray
    title_starts: np.ndarray

    @cached_property
    def place(self) -> dict[str, int]:
        """Number by id; of several copies, all but one of them dead, the last."""
        return {identifier: i for i, identifier in enumerate(self.names)}

    @cached_property
    def names(self) -> list[str]:
        """Ids by number, as strings that stay: one that is made anew each time is hashed anew, too."""
        found: list[str] = self.ids.tolist()
        return found

    @cached_property
    def owner(self) -> np.ndarray:
        """Document number by row."""
        return np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.starts))

    @property
    def rows(self) -> int:
        return int(self.starts[-1])

    def places(self, documents: Sequence[str]) -> list[int]:
        """Numbers of those of the documents that are here. A few are looked for without making `place`."""
        if len(documents) > _FEW or "place" in self.__dict__:
            return [self.place[d] for d in documents if d in self.place]
        wanted = np.array(list(documents), dtype=np.str_)
        return np.flatnonzero(np.isin(self.ids, wanted)).tolist() if len(wanted) else []

    def facts(self, documents: Sequence[int]) -> list[Facts]:
        """Of documents by number; all columns at once, because a search asks for hundreds."""
        at = np.array(documents, np.int64)
        departments = [*self.labels["department"], None]  # −1 is none
        return [
            Facts(
                self.labels["kind"][kind], regions, audiences, departments[department], first, last, popularity, group
            )
            for kind, regions, audiences, department, (first, last), popularity, group in zip(
                self.kind[at].tolist(),
                self._names("regions", self.regions[at]),
                self._names("audiences", self.audiences[at]),
                self.department[at].tolist(),
                map(_span, self.dates[at].tolist()),
                self.popularity[at].tolist(),
                self.group[at].tolist(),
                strict=True,
            )
        ]

    def title(self, document: int) -> str:
        begin, end = self.title_starts[document : document + 2]
        return self.titles[begin:end].tobytes().decode()

    def allowed(self, where: Filter) -> np.ndarray | None:
        """Documents (bool by number) that pass everything but `where.documents`; None when nothing is asked."""
        asked = (where.kinds, where.departments, where.regions, where.audiences)
        if not any(asked):
            return None
        mask = np.ones(len(self.ids), bool)
        for name, column, values in (
            ("kind", self.kind, where.kinds),
            ("department", self.department, where.departments),
        ):
            if values:
                mask &= np.isin(column, [self.labels[name].index(v) for v in values if v in self.labels[name]])
        for name, flags, values in (
            ("regions", self.regions, where.regions),
            ("audiences", self.audiences, where.audiences),
        ):
            if values:
                chosen = [self.labels[name].index(v) for v in values if v in self.labels[name]]
                mask &= flags[:, chosen].any(1)
        return mask

    def _names(self, name: str, flags: np.ndarray) -> list[tuple[str, ...]]:
        """Of each row of flags. Few different rows occur, so each is read once."""
        known, labels = self._read[name], self.labels[name]
        found = []
        for row in flags:
            key = row.tobytes()
            names = known.get(key)
            if names is None:
                names = known[key] = tuple(labels[i] for i in np.flatnonzero(row))
            found.append(names)
        return found

    @cached_property
    def _read(self) -> dict[str, dict[bytes, tuple[str, ...]]]:
        return {"regions": {}, "audiences": {}}

    def write(self, folder: Path) -> None:
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "labels.json").write_text(json.dumps(self.labels, ensure_ascii=False), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Columns:
        """Raises OSError or ValueError where a file is missing or damaged."""
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        return cls(labels, *(read_array(folder / f"{name}.npy") for name in _ARRAYS))


class Gathering:
    """Columns of documents that come one after the other; keeps nothing else of them."""

    def __init__(self) -> None:
        self._ids: list[tuple[str, str]] = []
        self._units: list[int] = []
        self._titles: list[bytes] = []
        self._labels: dict[str, dict[str, int]] = {n: {} for n in ("kind", "department", "regions", "audiences")}
        self._facts: list[tuple[int, int, tuple[int, ...], tuple[int, ...], int, int, float, int]] = []

    def add(self, document: Document, units: int) -> None:
        """`units` is how many rows it has."""
        self._ids.append((document.id, document.digest()))
        self._units.append(units)
        self._titles.append(document.title.encode())
        self._facts.append(
            (
                self._number("kind", document.kind),
                self._number("department", document.department) if document.department else -1,
                tuple(self._number("regions", r) for r in document.regions),
                tuple(self._number("audiences", a) for a in document.audiences),
                _day(document.valid_from),
                _day(document.valid_to),
                document.popularity,
                group_of(document),
            )
        )

    def columns(self) -> Columns:
        facts = self._facts
        return Columns(
            labels={name: list(numbers) for name, numbers in self._labels.items()},
            ids=np.array([i for i, _ in self._ids], dtype=np.str_),
            digests=np.array([d for _, d in self._ids], dtype=np.str_),
            starts=_starts(self._units),
            kind=np.array([f[0] for f in facts], np.int16),
            department=np.array([f[1] for f in facts], np.int16),
            regions=_flags((f[2] for f in facts), len(facts), len(self._labels["regions"])),
            audiences=_flags((f[3] for f in facts), len(facts), len(self._labels["audiences"])),
            dates=np.array([f[4:6] for f in facts], np.int32).reshape(-1, 2),
            popularity=np.array([f[6] for f in facts], np.float32),
            group=np.array([f[7] for f in facts], np.int64),
            titles=np.frombuffer(b"".join(self._titles), np.uint8),
            title_starts=_starts([len(t) for t in self._titles]),
        )

    def _number(self, name: str, label: str) -> int:
        return self._labels[name].setdefault(label, len(self._labels[name]))


def joined(parts: Sequence[Columns]) -> Columns:
    """Chunks that follow each other, as one: the same documents and rows in the same order."""
    labels = {name: list(dict.fromkeys(x for p in parts for x in p.labels[name])) for name in parts[0].labels}
    where = {name: {label: i for i, label in enumerate(found)} for name, found in labels.items()}

    def numbers(name: str, column: str) -> np.ndarray:
        tables = [np.array([*(where[name][x] for x in p.labels[name]), -1], np.int16) for p in parts]
        return np.concatenate([t[getattr(p, column)] for t, p in zip(tables, parts, strict=True)])

    def flags(name: str) -> np.ndarray:
        out = np.zeros((sum(len(p.ids) for p in parts), len(labels[name])), bool)
        row = 0
        for part in parts:
            out[row : row + len(part.ids), [where[name][x] for x in part.labels[name]]] = getattr(part, name)
            row += len(part.ids)
        return out

    def whole(column: str) -> np.ndarray:
        return np.concatenate([getattr(p, column) for p in parts])

    def starts(column: str) -> np.ndarray:
        return _starts(np.concatenate([np.diff(getattr(p, column)) for p in parts]))

    return Columns(
        labels=labels,
        ids=whole("ids"),
        digests=whole("digests"),
        starts=starts("starts"),
        kind=numbers("kind", "kind"),
        department=numbers("department", "department"),
        regions=flags("regions"),
        audiences=flags("audiences"),
        dates=whole("dates"),
        popularity=whole("popularity"),
        group=whole("group"),
        titles=whole("titles"),
        title_starts=starts("title_starts"),
    )


def read_array(file: Path) -> np.ndarray:
    """Mapped, but for the little ones of an edit: mapping takes three times as long as reading them."""
    small = file.stat().st_size <= _READ_BYTES
    return np.asarray(np.load(file, mmap_mode=None if small else "r", allow_pickle=False))


def _starts(sizes: Sequence[int] | np.ndarray) -> np.ndarray:
    """Where each begins that comes after the ones before, and where the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _flags(chosen: Iterable[tuple[int, ...]], rows: int, labels: int) -> np.ndarray:
    flags = np.zeros((rows, labels), bool)
    for row, found in enumerate(chosen):
        flags[row, list(found)] = True
    return flags


def _span(days: list[int]) -> tuple[date | None, date | None]:
    first, last = days
    return _date(first), _date(last)


@lru_cache(maxsize=4096)
def _date(day: int) -> date | None:
    return None if day == _NEVER else date.fromordinal(day)


def _day(day: date | None) -> int:
    return day.toordinal() if day else _NEVER

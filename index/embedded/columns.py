"""What filters and ranking need of every document, in columns: a chunk of documents is written once and never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from ..engine import Facts, Filter
from ..grouping import group_of
from ..models import Document

_NEVER = 0


@dataclass(frozen=True)
class Columns:
    """`starts[i]:starts[i+1]` are the rows (within the chunk) of document i."""

    ids: np.ndarray
    digests: np.ndarray
    starts: np.ndarray
    labels: dict[str, list[str]]
    kind: np.ndarray
    department: np.ndarray
    regions: np.ndarray
    audiences: np.ndarray
    dates: np.ndarray
    popularity: np.ndarray
    group: np.ndarray

    @cached_property
    def place(self) -> dict[str, int]:
        return {identifier: i for i, identifier in enumerate(self.ids.tolist())}

    @cached_property
    def owner(self) -> np.ndarray:
        """Document number by row."""
        return np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def _read(self) -> dict[int, Facts]:
        """Facts that were asked for: a chunk never changes, and the same documents are found again and again."""
        return {}

    def facts(self, document: int) -> Facts:
        known = self._read.get(document)
        if known is None:
            known = self._read[document] = self._facts(document)
        return known

    def _facts(self, document: int) -> Facts:
        first, last = (int(d) for d in self.dates[document])
        department = int(self.department[document])
        return Facts(
            kind=self.labels["kind"][int(self.kind[document])],
            regions=self._names("regions", self.regions[document]),
            audiences=self._names("audiences", self.audiences[document]),
            department=self.labels["department"][department] if department >= 0 else None,
            valid_from=date.fromordinal(first) if first != _NEVER else None,
            valid_to=date.fromordinal(last) if last != _NEVER else None,
            popularity=float(self.popularity[document]),
            group=int(self.group[document]),
        )

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

    def _names(self, name: str, flags: np.ndarray) -> tuple[str, ...]:
        return tuple(self.labels[name][i] for i in np.flatnonzero(flags))

    def write(self, folder: Path) -> None:
        np.savez(
            folder / "columns.npz",
            ids=self.ids,
            digests=self.digests,
            starts=self.starts,
            kind=self.kind,
            department=self.department,
            regions=self.regions,
            audiences=self.audiences,
            dates=self.dates,
            popularity=self.popularity,
            group=self.group,
            labels=np.array(json.dumps(self.labels, ensure_ascii=False)),
        )

    @classmethod
    def read(cls, folder: Path) -> Columns:
        with np.load(folder / "columns.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "labels"}
            # format 1 had no groups; it is opened once more, for its digests, before it is built anew
            arrays.setdefault("group", np.arange(len(arrays["ids"])))
            return cls(labels=json.loads(str(file["labels"])), **arrays)


def columns_of(documents: Sequence[Document], digests: Sequence[str], units: Sequence[int]) -> Columns:
    """`units[i]` is how many rows document i has."""
    labels = {
        "kind": sorted({d.kind for d in documents}),
        "department": sorted({d.department for d in documents if d.department}),
        "regions": sorted({r for d in documents for r in d.regions}),
        "audiences": sorted({a for d in documents for a in d.audiences}),
    }
    number = {name: {label: i for i, label in enumerate(found)} for name, found in labels.items()}
    regions = np.zeros((len(documents), len(labels["regions"])), bool)
    audiences = np.zeros((len(documents), len(labels["audiences"])), bool)
    for i, document in enumerate(documents):
        regions[i, [number["regions"][r] for r in document.regions]] = True
        audiences[i, [number["audiences"][a] for a in document.audiences]] = True
    return Columns(
        ids=np.array([d.id for d in documents], dtype=np.str_),
        digests=np.array(list(digests), dtype=np.str_),
        starts=np.concatenate([[0], np.cumsum(units)]).astype(np.int64),
        labels=labels,
        kind=np.array([number["kind"][d.kind] for d in documents], np.int16),
        department=np.array([number["department"].get(d.department or "", -1) for d in documents], np.int16),
        regions=regions,
        audiences=audiences,
        dates=np.array([[_day(d.valid_from), _day(d.valid_to)] for d in documents], np.int32).reshape(-1, 2),
        popularity=np.array([d.popularity for d in documents], np.float32),
        group=np.array([group_of(d) for d in documents], np.int64),
    )


def _day(day: date | None) -> int:
    return day.toordinal() if day else _NEVER

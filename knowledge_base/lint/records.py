"""Problems by record, kept true edit by edit: what an editor is told, and the lint state of every record in a list.

An edit is linted anew only where it can matter: in the records it changed and those linked with them; and by the rules that
hold records against one another, where such records changed. `relint(lint_all(a), b)` equals `lint_all(b)` (a test).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from .. import in_force
from ..city import City
from ..loader import FOLDERS
from ..problems import Severity
from ..schema import Record
from .context import Context, Finding, Rule, load_thresholds, remembered
from .rules import RULES

Subject = tuple[str, str]
"""(folder, id); ("", "") is city.yaml."""
CITY: Subject = ("", "")
_ORDER = list(Severity)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LINKS = 2
"""A bundle hangs on its items, and through them on the facts they ask for."""
T = TypeVar("T")


class RecordProblem(BaseModel):
    """`path` leads to the field inside the record, like `fee.lines.0`."""

    severity: Severity
    rule: str
    folder: str
    record: str
    path: str
    message: str


@dataclass(frozen=True)
class Linted:
    """A city and all that the rules find in it. `own` by record, of rules that look at one record and its links;
    `compared` by rule, of those that hold records against one another."""

    city: City
    today: date
    own: Mapping[Subject, tuple[RecordProblem, ...]]
    compared: Mapping[str, tuple[RecordProblem, ...]]

    def by_record(self) -> dict[Subject, list[RecordProblem]]:
        """Only records with problems; errors first."""
        found: dict[Subject, list[RecordProblem]] = defaultdict(list)
        for group in (*self.own.values(), *self.compared.values()):
            for problem in group:
                found[problem.folder, problem.record].append(problem)
        for problems in found.values():
            problems.sort(key=lambda p: (_ORDER.index(p.severity), p.path, p.rule, p.message))
        return dict(found)


def lint_all(city: City, today: date | None = None) -> Linted:
    """Every rule on every record."""
    today = today or in_force.today()
    context = Context(city, load_thresholds(), today)
    compared = {rule.id: tuple(_told(rule, rule.check(context))) for rule in RULES if rule.compares}
    return Linted(city, today, _own(context), compared)


def relint(before: Linted, city: City, today: date | None = None) -> Linted:
    """What lint_all would find, from what was found before the edits between the two cities."""
    today = today or in_force.today()
    changed = _changed(before.city, city)
    if today != before.today or CITY in changed:
        return lint_all(city, today)
    if not changed:
        return replace(before, city=city)
    around = _around(before.city, city, changed)
    kept = {subject: found for subject, found in before.own.items() if subject not in around}
    fresh = _own(Context(_narrowed(city, around), load_thresholds(), today))
    folders = {folder for folder, _ in changed}
    context = Context(city, load_thresholds(), today)
    again = {r.id: tuple(_told(r, r.check(context))) for r in RULES if folders.intersection(r.compares)}
    return Linted(city, today, kept | {s: f for s, f in fresh.items() if s in around}, {**before.compared, **again})


def _own(context: Context) -> dict[Subject, tuple[RecordProblem, ...]]:
    found: dict[Subject, list[RecordProblem]] = defaultdict(list)
    for rule in RULES:
        if not rule.compares:
            for problem in _told(rule, rule.check(context)):
                found[problem.folder, problem.record].append(problem)
    return {subject: tuple(problems) for subject, problems in found.items()}


def _told(rule: Rule, findings: Iterable[Finding]) -> Iterator[RecordProblem]:
    for f in findings:
        path = ".".join(map(str, f.path))
        yield RecordProblem(
            severity=rule.severity, rule=rule.id, folder=f.folder, record=f.key, path=path, message=f.message
        )


def _changed(before: City, after: City) -> set[Subject]:
    """Records that are new, gone, or other than they were."""
    found = set() if before.info == after.info else {CITY}
    for folder in FOLDERS:
        old, new = getattr(before, folder), getattr(after, folder)
        for key in {*old, *new}:
            left, right = old.get(key), new.get(key)
            if left is not right and left != right:
                found.add((folder, key))
    return found


def _around(before: City, after: City, changed: set[Subject]) -> set[Subject]:
    """The changed records, what names them directly or through one other, and what they name or named."""
    found = set(changed)
    versions = [t[key] for city in (before, after) for folder, key in changed if key in (t := getattr(city, folder))]
    named = {name for record in versions for name in _names_in(record)}
    records = [(folder, key, record) for folder in FOLDERS for key, record in getattr(after, folder).items()]
    found |= {(folder, key) for folder, key, _ in records if key in named}
    sought = {key for _, key in changed}
    for _ in range(_LINKS):
        fresh = {(folder, key) for folder, key, record in records if not sought.isdisjoint(_names_in(record))}
        sought = {key for _, key in fresh - found}
        found |= fresh
    return found


@remembered
def _names_in(record: Record) -> frozenset[str]:
    """Whatever could be the id of another record."""
    return frozenset(_strings(record.model_dump()))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _NAME.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        yield from (key for key in value if isinstance(key, str))
        for entry in value.values():
            yield from _strings(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _strings(entry)


class _Some(Mapping[str, T]):
    """A table that is gone through only at some keys, and still knows them all."""

    def __init__(self, table: Mapping[str, T], keys: Collection[str]) -> None:
        self._table = table
        self._keys = [key for key in table if key in keys]

    def __getitem__(self, key: str) -> T:
        return self._table[key]

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _narrowed(city: City, subjects: set[Subject]) -> City:
    """The city as rules on single records are to go through it."""
    keys: dict[str, set[str]] = defaultdict(set)
    for folder, key in subjects:
        keys[folder].add(key)
    tables: dict[str, Any] = {folder: _Some(getattr(city, folder), keys[folder]) for folder in FOLDERS}
    return replace(city, **tables)

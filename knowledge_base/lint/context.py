"""What a rule is given and what it gives back."""

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict

from ..city import City
from ..navigation import Plan
from ..problems import Severity
from ..schema import Record
from ..yaml_reader import Steps, read_yaml

if TYPE_CHECKING:
    from .situations import Situation


R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")


class Thresholds(BaseModel):
    """thresholds.yaml; the meaning of each number stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item_clone: float
    item_near: float
    item_name_near: float
    reason_repeated: int
    reason_near: float
    reason_shortest: int
    phrasing_near: float
    phrasings_wanted: int
    title_noun_share: float
    answer_shortest: int
    answer_longest: int
    licence_steps: int
    bundle_questions: float
    hours_of_working_day: float
    working_days_of_month: float
    days_of_month: float
    benefit_least: float
    benefit_most: float
    benefit_share: float
    synonym_share: float
    rehearsal_screens: tuple[int, int]
    rehearsal_mistakes: int
    rehearsal_clone: float
    mistake_near: float
    hint_shortest: int
    difference_told: int
    catch_all: tuple[str, ...]
    placeholders: tuple[str, ...]
    generic_words: tuple[str, ...]
    service_phones: tuple[str, ...]
    phone_patterns: tuple[str, ...]
    longitude: tuple[float, float]
    latitude: tuple[float, float]
    fee_words: tuple[str, ...]
    free_words: tuple[str, ...]
    limit_words: tuple[str, ...]
    at_once_words: tuple[str, ...]
    no_visit_words: tuple[str, ...]


@lru_cache(maxsize=1)
def load_thresholds() -> Thresholds:
    return Thresholds.model_validate(read_yaml((Path(__file__).parent / "thresholds.yaml").read_bytes()))


@dataclass(frozen=True)
class Finding:
    """A place in a record: folder (`""` for city.yaml), id, path inside it; `message` says in Chinese what to do."""

    folder: str
    key: str
    path: Steps
    message: str


@dataclass(frozen=True)
class Context:
    """`today` decides what has expired. `plans`, `situations` and `alike` are filled as rules ask for them."""

    city: City
    limits: Thresholds
    today: date
    plans: dict[str, Plan | None] = field(default_factory=dict)
    situations: dict[str, "tuple[Situation, ...]"] = field(default_factory=dict)
    alike: dict[float, list[tuple[str, str, float]]] = field(default_factory=dict)

    @cached_property
    def records(self) -> tuple[tuple[str, str, Record], ...]:
        """(folder, id, record) of everything but city.yaml."""
        city = self.city
        tables = (
            ("facts", city.facts),
            ("sources", city.sources),
            ("materials", city.materials),
            ("items", city.items),
            ("bundles", city.bundles),
            ("faqs", city.faqs),
            ("policies", city.policies),
            ("places", city.places),
            ("synonyms", city.synonyms),
            ("curations", city.curations),
            ("denials", city.denials),
            ("rehearsals", city.rehearsals),
        )
        return tuple((folder, key, record) for folder, table in tables for key, record in table.items())

    @cached_property
    def material_names(self) -> str:
        return "\t".join(material.name for material in self.city.materials.values())

    @cached_property
    def item_names(self) -> str:
        return "\t".join(item.name for item in self.city.items.values())


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Rule:
    """`about` says in Chinese what the rule demands. `compares` are folders whose records it holds against one another;
    without any, what it finds in a record hangs on that record and on what it is linked with alone."""

    id: str
    severity: Severity
    about: str
    check: Callable[[Context], Findings]
    compares: tuple[str, ...] = ()


def remembered(make: Callable[[R], T]) -> Callable[[R], T]:
    """`make(record)`, made once while the record lives: records never change. The value must not hold the record."""
    kept: dict[int, T] = {}

    def get(record: R) -> T:
        key = id(record)
        if key not in kept:
            kept[key] = make(record)
            weakref.finalize(record, kept.pop, key, None).atexit = False
        return kept[key]

    return get


def nested(record: Record) -> Iterator[tuple[Steps, Record]]:
    """The record itself and every record inside it, with the path that leads there."""
    yield (), record
    yield from _inside(record)


@remembered
def _inside(record: Record) -> tuple[tuple[Steps, Record], ...]:
    return tuple(_walk(record, ()))


def _walk(record: Record, path: Steps) -> Iterator[tuple[Steps, Record]]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, Record):
            inside: list[tuple[Steps, object]] = [((*path, name), value)]
        elif isinstance(value, tuple):
            inside = [((*path, name, i), entry) for i, entry in enumerate(value)]
        elif isinstance(value, dict):
            inside = [((*path, name, key), entry) for key, entry in value.items()]
        else:
            continue
        for at, entry in inside:
            if isinstance(entry, Record):
                yield at, entry
                yield from _walk(entry, at)

"""What an item says in one exact situation: which of its parts apply once every question is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from ..conditions import holds
from ..schema import (
    Condition,
    Fee,
    FeeLine,
    HandlingItem,
    Limit,
    MaterialUse,
    Online,
    Result,
    ServiceItem,
    SpecialOutcome,
    Step,
    Visits,
)
from ..schema.common import FactValue

Facts = Mapping[str, FactValue]


@dataclass(frozen=True)
class Resolution:
    """Compared by content: two situations with equal resolutions are one outcome."""

    special: SpecialOutcome | None
    handling: HandlingItem | None
    materials: tuple[MaterialUse, ...] = ()
    conditions: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()
    fee: Fee | None = None
    fee_lines: tuple[FeeLine, ...] = ()
    statutory: Limit | None = None
    promised: Limit | None = None
    visits: Visits | None = None
    forms: tuple[str, ...] = ()
    online: Online | None = None
    result: Result | None = None
    notes: tuple[str, ...] = ()

    def signature(self) -> tuple[int, ...]:
        """Identity of every applying part; parts of one item are the same objects in every resolution."""
        found: list[int] = []
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in ("forms", "notes"):
                found.append(hash(value))
            else:
                found += [-1, *map(id, value)] if isinstance(value, tuple) else [id(value) if value is not None else 0]
        return tuple(found)


T = TypeVar("T", Condition, MaterialUse, Step, FeeLine, Limit, Visits)


def _applying(parts: Iterable[T], facts: Facts) -> tuple[T, ...]:
    return tuple(p for p in parts if holds(p.when, facts))


def handling_items(item: ServiceItem, facts: Facts) -> tuple[HandlingItem, ...]:
    """All handling items whose condition holds; a complete set of answers must leave exactly one."""
    return tuple(h for h in item.handling_items if holds(h.when, facts))


def resolve(item: ServiceItem, facts: Facts) -> Resolution:
    """The parts that apply under `facts` (a value for every question). Special outcomes come before handling."""
    special = next((o for o in item.outcomes if holds(o.when, facts)), None)
    if special is not None:
        return Resolution(special, None)
    handling = next(iter(handling_items(item, facts)), None)
    if handling is None:
        return Resolution(None, None)
    both = (handling, item)
    limits = _applying([lim for d in both for lim in d.limits], facts)
    visits = _applying([v for d in both for v in d.visits], facts)
    materials: dict[str, MaterialUse] = {}
    for use in _applying((*item.materials, *handling.materials), facts):
        materials.setdefault(use.material, use)
    fee = handling.fee or item.fee
    return Resolution(
        special=None,
        handling=handling,
        materials=tuple(materials.values()),
        conditions=_applying((*item.conditions, *handling.conditions), facts),
        steps=_applying(handling.steps or item.steps, facts),
        fee=fee,
        fee_lines=_applying(fee.lines, facts) if fee else (),
        statutory=next((lim for lim in limits if lim.kind == "statutory"), None),
        promised=next((lim for lim in limits if lim.kind == "promised"), None),
        visits=next(iter(visits), None),
        forms=handling.forms or item.forms,
        online=handling.online or item.online,
        result=handling.result or item.result,
        notes=(*item.notes, *handling.notes),
    )

"""The day by the city's clock, and what is served on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from .city import City, Entity
from .schema import Bundle, Curation, Denial, Rehearsal, Synonym, Validity

_CHINA = ZoneInfo("Asia/Shanghai")
R = TypeVar("R", bound=Entity | Rehearsal | Synonym | Curation | Denial)
FEWEST_OF_A_BUNDLE = 2


def today() -> date:
    """Wherever the machine stands."""
    return datetime.now(_CHINA).date()


def in_force(validity: Validity, day: date) -> bool:
    """Both ends inclusive."""
    return validity.effective <= day and (validity.expires is None or day <= validity.expires)


def on_day(table: Mapping[str, R], day: date) -> dict[str, R]:
    return {id_: record for id_, record in table.items() if in_force(record.validity, day)}


def city_on(city: City, day: date) -> City:
    """The city without what is not in force on the day: nothing that reads it can serve that. A bundle is without its
    items that are not in force; one of fewer than two left is not served. A material that is not in force stays known,
    since an item that still asks for it must say so; a rehearsal goes with its item. The same city where everything is in force."""
    items, bundles = on_day(city.items, day), on_day(city.bundles, day)
    kept = {id_: found for id_, bundle in bundles.items() if (found := _without(bundle, items))}
    faqs, policies, places = on_day(city.faqs, day), on_day(city.policies, day), on_day(city.places, day)
    rehearsals = {id_: r for id_, r in on_day(city.rehearsals, day).items() if r.item in items}
    before = (city.items, city.bundles, city.faqs, city.policies, city.places, city.rehearsals)
    after = (items, kept, faqs, policies, places, rehearsals)
    if sum(len(table) for table in after) == sum(len(table) for table in before):
        return city
    return replace(city, items=items, bundles=kept, faqs=faqs, policies=policies, places=places, rehearsals=rehearsals)


def _without(bundle: Bundle, items: Mapping[str, object]) -> Bundle | None:
    left = tuple(
        part.model_copy(update={"after": tuple(a for a in part.after if a in items)})
        for part in bundle.items
        if part.item in items
    )
    if len(left) < FEWEST_OF_A_BUNDLE:
        return None
    return bundle if len(left) == len(bundle.items) else bundle.model_copy(update={"items": left})

"""The city of a day: both ends of a validity count, and nothing points to what is gone."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.city import City
from knowledge_base.in_force import city_on, in_force
from knowledge_base.navigation import Navigator
from knowledge_base.schema import Validity
from knowledge_base.touching import records_with

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)
LATER = date(2099, 1, 1)


@pytest.mark.parametrize(
    ("day", "served"),
    [(date(2025, 2, 28), False), (FIRST, True), (LAST, True), (date(2025, 4, 1), False)],
)
def test_both_ends_count(day: date, served: bool) -> None:
    assert in_force(Validity(effective=FIRST, expires=LAST), day) == served


def test_a_bundle_goes_on_without_an_item_that_expired(city: City) -> None:
    bundle = next(b for b in city.bundles.values() if any(part.after for part in b.items) and len(b.items) > 2)
    gone = next(a for part in bundle.items for a in part.after)
    expired = city.items[gone].model_copy(update={"validity": Validity(effective=FIRST, expires=LAST)})
    today = city_on(replace(city, items={**city.items, gone: expired}), LATER)
    assert gone not in today.items
    left = today.bundles[bundle.id]
    assert [p.item for p in left.items] == [p.item for p in bundle.items if p.item != gone]
    assert all(gone not in part.after for part in left.items)
    assert Navigator(today).step(bundle.id).title
    two = [p.item for p in bundle.items][: len(bundle.items) - 1]
    few = {**city.items, **{i: city.items[i].model_copy(update={"validity": expired.validity}) for i in two}}
    assert bundle.id not in city_on(replace(city, items=few), LATER).bundles


def test_a_city_in_which_all_is_in_force_is_itself(city: City) -> None:
    newest = max(entity.validity.effective for _, entity in city.entities())
    assert city_on(city, newest) is city


def test_phrases_are_counted_over_all_that_is_searched(city: City) -> None:
    card, none = records_with(city, ["居民身份证", "没有这样的词"])
    assert ("item", city.items["resident-id-card"]) in card
    assert none == []
    assert records_with(city, []) == []

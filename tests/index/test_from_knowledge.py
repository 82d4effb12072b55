"""The city's knowledge as documents: what an imported corpus needs beside the bundled one."""

from dataclasses import replace

import pytest

from index import documents_of, region_names
from knowledge_base.city import City
from knowledge_base.loader import load_city
from knowledge_base.schema import Implementation, Region


@pytest.fixture(scope="module")
def city() -> City:
    return load_city()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("广东省广州市", ("广东省广州市", "广州市", "广州")),
        ("内蒙古自治区包头市", ("内蒙古自治区包头市", "包头市", "包头")),
        ("盖州市", ("盖州市", "盖州")),
        ("高新区", ("高新区", "高新")),
        ("沙县", ("沙县",)),
    ],
)
def test_a_region_without_aliases_is_known_by_its_short_names(city: City, name: str, said: tuple[str, ...]) -> None:
    info = city.info.model_copy(update={"regions": (Region(code="440100", name=name),)})
    assert region_names(replace(city, info=info)) == {"440100": said}


def test_items_of_one_name_hold_where_they_say_something(city: City) -> None:
    first, second, *_ = city.items.values()
    here = first.model_copy(update={"implementations": {"210802": Implementation()}})
    same = second.model_copy(update={"name": first.name, "implementations": {"210804": Implementation()}})
    known = {d.id: d for d in documents_of(replace(city, items={**city.items, first.id: here, second.id: same}))}
    assert known[first.id].regions == ("210802",)
    assert known[second.id].regions == ("210804",)
    alone = {d.id: d for d in documents_of(replace(city, items={**city.items, first.id: here}))}
    assert set(alone[first.id].regions) == {r.code for r in city.info.regions}, (
        "one item for the city, districts under it"
    )

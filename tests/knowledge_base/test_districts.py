"""One item beside itself in every division; the linter and the command tell what the page shows."""

import json
from dataclasses import replace

import pytest

from knowledge_base.__main__ import main
from knowledge_base.city import City
from knowledge_base.districts import DistrictRow, Districts, side_by_side
from knowledge_base.lint import lint_city
from knowledge_base.navigation import UnknownTarget
from knowledge_base.schema import Implementation, Limit, ServiceItem

ITEM = "resident-id-card"
ZHANQIAN, XISHI = "210802", "210803"


def rows(found: Districts) -> dict[str, DistrictRow]:
    return {row.field: row for row in found.rows}


def two_of_one_name(city: City, days: float) -> City:
    """The item is kept by two divisions; the second says another limit."""
    item = city.items[ITEM]
    here = item.model_copy(update={"implementations": {ZHANQIAN: Implementation()}})
    there = item.model_copy(
        update={
            "id": "zz-there",
            "implementations": {XISHI: Implementation()},
            "limits": (Limit(kind="statutory", number=days, basis=item.limits[0].basis),),
            "handling_items": tuple(h.model_copy(update={"id": f"zz-{h.id}"}) for h in item.handling_items),
        }
    )
    return replace(city, items={**city.items, ITEM: here, "zz-there": there})


def test_what_a_division_decides_differs_and_the_rest_is_one(city: City) -> None:
    found = side_by_side(city, ITEM)
    assert [c.region for c in found.columns] == [r.code for r in city.districts]
    assert {c.item for c in found.columns} == {ITEM}
    assert [row.field for row in found.rows if not row.agrees and not row.own] == []
    assert not rows(found)["places"].agrees
    assert rows(found)["materials"].agrees
    assert all(len(row.values) == len(found.columns) for row in found.rows)


def test_the_city_stands_among_its_districts_where_it_takes_applications(city: City) -> None:
    assert side_by_side(city, "medical-device-business").columns[0].region == city.info.code
    assert side_by_side(city, ITEM).columns[0].region == ZHANQIAN


def test_items_that_divisions_keep_for_themselves_are_held_against_one_another(city: City) -> None:
    found = side_by_side(two_of_one_name(city, days=3), ITEM)
    assert [(c.region, c.item) for c in found.columns] == [(ZHANQIAN, ITEM), (XISHI, "zz-there")]
    limits = rows(found)["limits"]
    assert (limits.agrees, limits.own) == (False, False)
    assert "60日" in limits.values[0][0]
    assert "3个工作日" in limits.values[1][0]
    assert rows(found)["fee"].agrees


def test_the_linter_tells_the_same_difference_and_no_equal_names(city: City) -> None:
    problems = {
        p.rule: p for p in lint_city(two_of_one_name(city, days=3)) if p.rule in ("district-differs", "name-twice")
    }
    assert set(problems) == {"district-differs"}
    assert "办理时限" in problems["district-differs"].message
    assert "3个工作日" in problems["district-differs"].message


def test_equal_items_of_two_divisions_are_no_finding(city: City) -> None:
    twice = two_of_one_name(city, days=3)
    same = twice.items["zz-there"].model_copy(update={"limits": twice.items[ITEM].limits})
    items: dict[str, ServiceItem] = {**twice.items, "zz-there": same}
    assert [p for p in lint_city(replace(twice, items=items)) if p.rule == "district-differs"] == []


def test_an_unknown_item_is_told(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnknownTarget):
        side_by_side(city, "no-such-item")
    assert main(["districts", "no-such-item"]) == 2
    assert "没有编号是「no-such-item」的事项" in capsys.readouterr().err


def test_the_command_prints_it_to_read_and_as_json(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["districts", ITEM, "--json"]) == 0
    *text, line = capsys.readouterr().out.splitlines()
    assert json.loads(line) == side_by_side(city, ITEM).model_dump(mode="json")
    alike, differing = text.index("== 各地一样 =="), text.index("== 各地不同 ==")
    assert any(t.startswith("收费：") for t in text[alike:differing])
    assert "  站前区：站前区户籍派出所（就近）" in text[differing:]

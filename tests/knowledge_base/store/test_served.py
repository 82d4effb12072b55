"""YAML → database → the city: nothing lost; an edit in the database is never overwritten by the YAML."""

from dataclasses import replace

import pytest

from knowledge_base.city import City
from knowledge_base.loader import load_city
from knowledge_base.store import Store
from knowledge_base.store.bodies import body_of, record_of, records_of
from knowledge_base.store.diff import affected, field_changes, outcome_changes
from knowledge_base.store.served import city_from, seed, with_bodies

TABLES = ("facts", "sources", "materials", "items", "bundles", "faqs", "policies", "places", "rehearsals")


@pytest.fixture(scope="module")
def city() -> City:
    return load_city()


def test_every_record_survives_the_way_through_json(city: City) -> None:
    for (kind, _), record in records_of(city).items():
        assert record_of(kind, body_of(record)) == record


def test_the_database_gives_the_yaml_back(store: Store, city: City) -> None:
    assert seed(store, city) is not None
    found = city_from(store, city.root)
    assert found.info == city.info
    for table in TABLES:
        assert getattr(found, table) == getattr(city, table), table
    assert seed(store, city) is None, "a second start changes nothing"


def test_the_yaml_moves_on_but_not_over_an_edit(store: Store, city: City) -> None:
    seed(store, city)
    edited, changed, gone = sorted(city.faqs)[:3]
    body = {**body_of(city.faqs[edited]), "answer": "在数据库里改过的答案。"}
    newest = store.newest("faq", edited)
    assert newest is not None
    draft = store.save("faq", body, "编", "改", newest.id)
    store.submit(draft.id, "编")
    store.approve(draft.id, "审")
    store.publish([draft.id], "审")
    moved = {**city.faqs, changed: city.faqs[changed].model_copy(update={"answer": "新版本带来的答案。"})}
    moved[edited] = city.faqs[edited].model_copy(update={"answer": "不该盖住。"})
    del moved[gone]
    seed(store, replace(city, faqs=moved))
    found = city_from(store, city.root).faqs
    assert found[edited].answer == "在数据库里改过的答案。"
    assert found[changed].answer == "新版本带来的答案。"
    assert gone not in found


def test_a_fee_changes_the_situations_that_pay_it(city: City) -> None:
    body = body_of(city.items["resident-id-card"])
    line = next(x for x in body["fee"]["lines"] if x["amount"] in ("40", 40))
    line["amount"] = "45"
    after = with_bodies(city, [("item", "resident-id-card", body)])
    paths = [c.path for c in field_changes(body_of(city.items["resident-id-card"]), body)]
    assert len(paths) == 1
    assert paths[0].endswith(".amount")
    changes = outcome_changes(city, after, affected(city, "item", "resident-id-card"))
    own = [c for c in changes if c.target == "resident-id-card"]
    assert own
    assert all(f.path == "费用" and "45元" in str(f.after) for c in own for f in c.changes)
    assert any("损坏" in c.situation for c in own), "three reasons share the name 换领; the damaged card pays more"
    assert not any("快到期" in c.situation for c in own)
    assert not any("第一次办" in c.situation or "首次" in c.situation for c in own)


def test_a_target_without_questions_has_one_situation_and_its_change_is_told(city: City) -> None:
    alone = next(i for i in city.items.values() if not i.questions and i.visits and i.limits and not i.outcomes)
    body = body_of(alone)
    body["limits"][0]["number"] = 33
    after = with_bodies(city, [("item", alone.id, body)])
    own = [c for c in outcome_changes(city, after, affected(city, "item", alone.id)) if c.target == alone.id]
    assert [c.situation for c in own] == [alone.name]
    assert [f.path for f in own[0].changes] == ["时限"]
    assert "33" in str(own[0].changes[0].after)
    assert outcome_changes(city, city, [alone.id]) == []


def test_a_new_target_without_questions_and_one_that_goes_are_told(city: City) -> None:
    alone = next(i for i in city.items.values() if not i.questions and not i.outcomes)
    body = {**body_of(alone), "id": "zz-new", "name": "海上灯塔登记"}
    body["handling_items"] = [{**h, "id": f"zz-{h['id']}"} for h in body["handling_items"]]
    after = with_bodies(city, [("item", "zz-new", body)])
    (made,) = outcome_changes(city, after, ["zz-new"])
    (gone,) = outcome_changes(after, city, ["zz-new"])
    assert (made.title, gone.title) == ("海上灯塔登记", "海上灯塔登记")
    assert all(f.before is None for f in made.changes)
    assert all(f.after is None for f in gone.changes)

"""What maintainers say of the search, on both engines: synonyms, what stands first or is left out, what is never suggested;
and records of one name as one hit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from index import Curations, Document, Index, IndexSettings, build, open_index, suggesting
from index.curations import denied_by_default
from index.suggest_keys import keys_of
from knowledge_base.in_force import today
from knowledge_base.schema import Curation, Denial, Synonym, Validity

from .conftest import LIBRARY

CITY, DISTRICT, OTHER = "210800", "210802", "210804"
SEEN_WITHIN = 20.0


def _level(identifier: str, region: str, department: str) -> Document:
    return Document(
        identifier, "item", "排污许可证核发", "企业排放污染物要取得许可证。", regions=(region,), department=department
    )


LEVELS = [
    _level("sewage-city", CITY, "市生态环境局"),
    _level("sewage-zhanqian", DISTRICT, "站前区分局"),
    _level("sewage-bayuquan", OTHER, "鲅鱼圈区分局"),
]


@pytest.fixture
def index(settings: IndexSettings) -> Iterator[Index]:
    names = {CITY: ("营口市",), DISTRICT: ("站前区", "站前"), OTHER: ("鲅鱼圈区", "鲅鱼圈")}
    build([*LIBRARY, *LEVELS], settings, region_names=names)
    with open_index(settings) as opened:
        yield opened


def rebuild(documents: Sequence[Document], index: Index, settings: IndexSettings) -> None:
    """Returns when the open index serves them: a reader of Elasticsearch asks for a newer version every half second."""
    before, end = index.version(), time.monotonic() + SEEN_WITHIN
    build(documents, settings)
    while index.version() == before:
        assert time.monotonic() < end, "the new version is not seen"
        time.sleep(0.05)


def curation(**fields: object) -> Curation:
    return Curation.model_validate({"id": "c-1", "queries": ["结婚登记"], **fields})


def test_a_pinned_result_stands_first_and_says_so(index: Index) -> None:
    assert index.search("结婚登记").hits[0].id == "marry"
    index.curate(Curations(curations=[curation(pinned=["fund", "food"])]))
    result = index.search("请问，结婚登记！")
    assert [h.id for h in result.hits[:3]] == ["fund", "food", "marry"]
    assert result.hits[0].why["rules"][-1]["rule"] == "pinned"
    assert result.hits[0].why["rules"][-1]["curation"] == "c-1"
    scores = [h.score for h in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert result.confidence >= 0.99
    assert index.search("结婚登记要什么材料").hits[0].id == "marry", "the query is another one"
    index.curate(Curations())
    assert index.search("结婚登记").hits[0].id == "marry"


def test_an_excluded_result_is_gone_and_told(index: Index) -> None:
    before = index.search("结婚登记")
    index.curate(Curations(curations=[curation(excluded=["marry"])]))
    after = index.search("结婚登记")
    assert "marry" not in {h.id for h in after.hits}
    assert after.excluded == ("marry",)
    assert after.total == before.total - 1
    assert before.excluded == ()


@pytest.mark.parametrize(
    ("match", "query", "text", "applies"),
    [
        ("exact", "结婚登记", "結婚 登記", True),
        ("exact", "结婚登记", "结婚登记预约", False),
        ("contains", "结婚登记", "站前结婚登记预约", True),
        ("contains", "结婚登记", "结婚怎么登记", False),
        ("terms", "结婚 登记", "登记一下结婚", True),
        ("terms", "结婚 登记", "结婚照", False),
    ],
)
def test_how_a_query_is_matched(index: Index, match: str, query: str, text: str, applies: bool) -> None:
    index.curate(Curations(curations=[curation(queries=[query], match=match, pinned=["fund"])]))
    hits = index.search(text).hits
    assert bool(hits and hits[0].id == "fund") == applies


def test_the_closest_match_decides(index: Index) -> None:
    wide = curation(id="c-2", queries=["登记"], match="contains", pinned=["food"], excluded=["marry"])
    index.curate(Curations(curations=[wide, curation(pinned=["marry"])]))
    assert [h.id for h in index.search("结婚登记").hits[:2]] == ["marry", "food"]


def test_regions_audiences_and_dates_limit_it(index: Index) -> None:
    day = today()
    rules = [curation(pinned=["fund"], regions=[DISTRICT], audiences=["business"])]
    index.curate(Curations(curations=rules))
    assert index.search("结婚登记").hits[0].id == "marry"
    assert index.search("结婚登记", near=(DISTRICT, CITY)).hits[0].id == "marry"
    dated = Validity(effective=day, expires=day)
    index.curate(Curations(curations=[curation(pinned=["fund"], validity=dated)]))
    assert index.search("结婚登记").hits[0].id == "fund"
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert index.search("结婚登记", as_of=other).hits[0].id == "marry"
    index.curate(Curations(curations=[curation(pinned=["food"], regions=[DISTRICT])]))
    assert index.search("结婚登记", near=(DISTRICT, CITY)).hits[0].id == "food"
    assert index.search("结婚登记", near=(OTHER, CITY)).hits[0].id == "marry"


def test_what_may_not_be_served_is_not_pinned(index: Index, settings: IndexSettings) -> None:
    expired = replace(LIBRARY[3], valid_to=date(2024, 1, 1))
    rebuild([*LIBRARY[:3], expired, *LIBRARY[4:]], index, settings)
    before = index.search("结婚登记").confidence
    index.curate(Curations(curations=[curation(pinned=["fund", "no-such-record"])]))
    result = index.search("结婚登记")
    assert result.hits[0].id == "marry"
    assert result.confidence == pytest.approx(before)
    index.curate(Curations(curations=[curation(pinned=["food"])]))
    assert "food" not in {h.id for h in index.search("结婚登记", kinds=("place",)).hits}, "a filter still filters"


def test_synonyms_one_way_both_ways_and_instead(index: Index) -> None:
    index.curate(Curations(synonyms=[Synonym(id="s-1", said=("紫金葫芦",), official=("结婚登记",))]))
    found = index.search("紫金葫芦")
    assert found.hits[0].id == "marry"
    assert found.hits[0].why["synonyms"] == [{"said": "紫金葫芦", "official": ["结婚登记"]}]
    both = Synonym(id="s-1", said=("紫金葫芦", "铁拐"), official=("护照",), both_ways=True)
    index.curate(Curations(synonyms=[both]))
    assert {s["said"] for s in index.search("铁拐").hits[0].why["synonyms"]} == {"铁拐"}
    assert index.search("铁拐").hits[0].id == "passport"
    bundled = index.search("领证").hits[0].why["synonyms"]
    assert bundled == [{"said": "领证", "official": ["结婚登记"]}]
    index.curate(Curations(synonyms=[Synonym(id="s-1", said=("领证",), official=("护照",), instead=True)]))
    assert index.search("领证").hits[0].id == "passport"


def test_a_denied_name_is_found_but_never_suggested(index: Index) -> None:
    assert [s.id for s in index.suggest("结婚")] == ["marry"]
    index.curate(Curations(denials=[Denial(id="d-1", phrases=("婚登",))]))
    assert index.suggest("结婚") == []
    assert index.suggest("jiehun") == []
    assert index.search("结婚登记").hits[0].id == "marry"
    assert index.search("结昏登记").did_you_mean is None
    phrase = denied_by_default()[0]
    assert not index.suggestible(f"我要{phrase}")
    index.curate(Curations(denials=[Denial(id="d-1", lifted=(phrase,))]))
    assert index.suggestible(f"我要{phrase}")


def test_use_moves_suggestions_and_kinds_stand_together(index: Index, settings: IndexSettings) -> None:
    assert index.suggest("shiye")[0].id in {"jobless", "job-search"}
    for used in ("jobless", "job-search"):
        index.favour({used: 3.0})
        assert index.suggest("shiye")[0].id == used
    many = [Document(f"many-{i}", "item", f"护理补贴第{i}类", popularity=1.0) for i in range(200)]
    rebuild([*LIBRARY, *many, Document("one", "item", "护理用床租借")], index, settings)
    assert "one" not in {s.id for s in index.suggest("护")}
    index.favour({"one": 1.0, "no-such-record": 5.0})
    assert [s.id for s in index.suggest("护")].count("one") == 1
    kinds = [s.kind for s in index.suggest("z")]
    assert kinds == sorted(kinds, key=kinds.index)


def test_beginnings_of_what_is_used_are_made_anew_where_it_changed_alone(
    index: Index, settings: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(name: str) -> list[str]:
        made.append(name)
        return keys_of(name)

    monkeypatch.setattr(suggesting, "keys_of", counted)
    used = {"jobless": 1.0, "marry": 1.0}
    index.favour(used)
    assert len(made) > 1
    made.clear()
    index.publish([Document("another", "item", "护理用床租借")], [], settings)
    index.favour(used)
    assert made == []
    before = next(d for d in LIBRARY if d.id == "marry")
    index.publish([replace(before, aliases=("扯证",))], [], settings)
    index.favour(used)
    assert set(made) == {before.title, "扯证"}
    assert index.suggest("chezh")[0].id == "marry"


def test_records_of_one_name_are_one_hit_the_callers_own_first(index: Index) -> None:
    result = index.search("排污许可证核发")
    group = next(h for h in result.hits if h.id.startswith("sewage"))
    assert group.group == 3
    assert len({group.id, *(o.id for o in group.others)}) == 3
    assert sum(h.id.startswith("sewage") for h in result.hits) == 1
    assert result.total == len(result.hits) == sum(result.facets["kind"].values())
    assert result.facets["region"][OTHER] >= 1
    assert [s.text for s in index.suggest("排污")] == ["排污许可证核发"]
    near = index.search("排污许可证核发", near=(OTHER, CITY)).hits[0]
    assert (near.id, near.others[0].id) == ("sewage-bayuquan", "sewage-city")
    assert near.others[0].department == "市生态环境局"
    named = index.search("站前排污许可证核发", near=(OTHER, CITY)).hits[0]
    assert named.id == "sewage-zhanqian", "what the text names is nearer than where the caller is"
    kept = index.search("排污许可证核发", region=OTHER).hits
    assert [h.id for h in kept if h.id.startswith("sewage")] == ["sewage-bayuquan"]
    assert kept[0].group == 1


def test_pages_of_groups_meet_without_gap_or_repetition(index: Index) -> None:
    whole = index.search("许可证登记", limit=50)
    paged = [index.search("许可证登记", limit=1, offset=i).hits[0].id for i in range(whole.total)]
    assert paged == [h.id for h in whole.hits]


def test_a_candidate_is_tried_without_holding(index: Index) -> None:
    candidate = Curations(curations=[curation(pinned=["fund"])])
    assert index.search("结婚登记", curations=candidate).hits[0].id == "fund"
    assert index.search("结婚登记").hits[0].id == "marry"

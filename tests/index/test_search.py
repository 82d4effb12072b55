"""The query path over a few documents with the real encoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import (
    Document,
    EncoderMissing,
    Index,
    IndexMismatch,
    IndexMissing,
    IndexSettings,
    build,
    open_index,
    publish,
)
from index.engine import FORMAT

from .conftest import LIBRARY


@pytest.fixture(scope="module")
def index(library: IndexSettings) -> Iterator[Index]:
    with open_index(library) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("身份证丢了怎么办", "id-card"),
        ("身份証", "id-card"),
        ("開飯館要辦什麼證", "food"),
        ("公积金咋取出来", "fund"),
        ("我想出国玩", "passport"),
        ("sfz", None),
        ("hunyindengji", None),
        ("jiehundengji", "marry"),
        ("jhdj", "marry"),
        ("结昏登记", "marry"),
    ],
)
def test_own_words_find_the_item(index: Index, text: str, first: str | None) -> None:
    found = [h.id for h in index.search(text).hits]
    assert found
    if first:
        assert found[0] == first


def test_the_result_explains_itself(index: Index) -> None:
    result = index.search("结昏登记")
    hit = result.hits[0]
    assert result.did_you_mean == "结婚登记"
    assert hit.why["repaired"] == "结婚登记"
    assert hit.why["legs"]["lexical"]["rank"] == 1
    assert -1 <= hit.why["legs"]["dense"]["score"] <= 1
    assert [hit.title[a:b] for a, b in hit.highlights["title"]] == ["结婚登记"]
    assert {"hear", "legs", "retrieve", "rerank", "show"} <= set(result.timings)
    scores = [h.score for h in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert result.total == sum(result.facets["kind"].values())
    assert not result.degraded


@pytest.mark.parametrize("said", ["补办身份证", "我想补办身份证", "补办身份证怎么办", "怎么补办身份证"])
def test_a_name_is_known_whatever_is_said_around_it(index: Index, said: str) -> None:
    hit = index.search(said).hits[0]
    assert hit.id == "id-card"
    assert "name" in [rule["rule"] for rule in hit.why["rules"]]


def test_a_kind_counts_less_the_more_is_said(index: Index) -> None:
    """Whoever names a matter wants its guide; a long question may have an answer of its own."""

    def raised(text: str) -> float:
        best = index.search(text).hits[0]
        assert best.id == "marry"
        return next(float(rule["boost"]) for rule in best.why["rules"] if rule["rule"] == "kind")

    whole = raised("结婚")
    assert raised("jiehundengji") == whole
    assert 0 < raised("俺家大小子和对象打算开春结婚登记俩人户口都不在一块儿") < raised("俺家大小子结婚登记") < whole


def test_a_named_region_raises_and_a_given_one_filters(index: Index) -> None:
    assert index.search("鲅鱼圈的政务服务中心").hits[0].id == "hall-b"
    assert index.search("站前的政务服务中心").hits[0].id == "hall-a"
    assert {h.id for h in index.search("政务服务中心", region="210804").hits} == {"hall-b"}


def test_filters_facets_and_paging(index: Index) -> None:
    places = index.search("政务服务中心", kinds=("place",))
    assert {h.kind for h in places.hits} == {"place"}
    assert places.facets["region"] == {"210802": 1, "210804": 1}
    whole = index.search("办理登记", limit=10)
    assert [h.id for h in index.search("办理登记", limit=2, offset=1).hits] == [h.id for h in whole.hits[1:3]]
    assert index.search("食品", audience="business").hits[0].id == "food"
    assert {h.id for h in index.search("登记", department="市场监管局").hits} <= {"food"}


def test_what_is_only_preferred_raises_and_leaves_the_rest(index: Index) -> None:
    for near, first in (("210804", "hall-b"), ("210802", "hall-a")):
        hits = index.search("政务服务中心", near=(near,)).hits
        assert [h.id for h in hits[:2]] == [first, *({"hall-a", "hall-b"} - {first})]
        assert index.suggest("政务服务", near=(near,))[0].id == first
    hits = index.search("企业办许可登记").hits
    raised = {h.id for h in hits if any(rule["rule"] == "audience" for rule in h.why["rules"])}
    assert raised == {"food"}
    assert {h.id for h in hits} - raised


def test_expired_content_is_not_served(library: IndexSettings, tmp_path: Path) -> None:
    own = IndexSettings(tmp_path, None, library.encoder_dir)
    build([replace(LIBRARY[0], valid_to=date(2024, 1, 1)), LIBRARY[1]], own, cache=library.path / "vectors.sqlite")
    with open_index(own) as index:
        assert "id-card" not in [h.id for h in index.search("身份证").hits]
        assert index.search("身份证", as_of=date(2023, 6, 1)).hits[0].id == "id-card"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_text_is_answered(index: Index, text: str) -> None:
    result = index.search(text)
    assert 0 <= result.confidence <= 1
    assert index.suggest(text) is not None


def test_suggestions(index: Index) -> None:
    assert index.suggest("公积")[0].id == "fund"
    assert {s.id for s in index.suggest("shiye")} == {"jobless", "job-search"}
    assert index.suggest("") == []


def test_related_says_why(index: Index) -> None:
    found = index.related("jobless")
    assert found[0].id == "job-search"
    assert found[0].why == "同属「失业」"
    assert "jobless" not in {r.id for r in found}
    assert index.related("no-such") == []


def test_match_orders_by_meaning(index: Index) -> None:
    best, score = index.match("我自己干", ["公司", "个体工商户，一个人经营"])[0]
    assert best == 1
    assert score <= 1
    assert index.match("x", []) == []


def test_without_encoder_search_is_lexical_and_says_so(library: IndexSettings) -> None:
    with open_index(replace(library, encoder_dir=library.path / "none")) as index:
        result = index.search("护照")
        assert result.degraded
        assert result.hits[0].id == "passport"
        assert index.match("x", ["y"]) == []


def test_building_again_does_nothing_and_a_change_encodes_only_what_changed(encoder_dir: Path, tmp_path: Path) -> None:
    own = IndexSettings(tmp_path, None, encoder_dir)
    first = build(LIBRARY, own)
    assert (first.created, first.encoded) == (len(LIBRARY), first.sections)
    again = build(LIBRARY, own)
    assert (again.created, again.skipped, again.encoded) == (0, len(LIBRARY), 0)
    edited = replace(LIBRARY[1], summary="去外国之前先办护照。")
    report = build([edited, *LIBRARY[2:]], own)
    assert (report.updated, report.deleted, report.encoded) == (1, 1, 1)


def test_a_build_that_was_broken_off_goes_on_where_it_was(encoder_dir: Path, tmp_path: Path) -> None:
    own = IndexSettings(tmp_path, None, encoder_dir)
    many = [Document(f"d{n}", "item", f"第{n}件事") for n in range(400)]
    told: list[tuple[str, int, int]] = []

    def breaks_off(step: str, done: int, all_: int) -> None:
        told.append((step, done, all_))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(many, own, breaks_off)
    (step, done, all_) = told[0]
    assert (step, all_) == ("encode", 400)
    assert 0 < done < 400
    with pytest.raises(IndexMissing):
        open_index(own)
    steps: list[tuple[str, int, int]] = []
    report = build(many, own, lambda *told: steps.append(told))
    assert report.encoded == 400 - done
    assert steps[-1] == ("index", 400, 400)


def test_publish_is_searchable_at_once_by_an_open_index(encoder_dir: Path, tmp_path: Path) -> None:
    own = IndexSettings(tmp_path, None, encoder_dir)
    build(LIBRARY, own)
    with open_index(own) as index:
        before = index.version()
        report = publish([replace(LIBRARY[2], title="小餐饮备案")], ["passport"], own)
        assert (report.updated, report.deleted) == (1, 1)
        assert index.search("小餐饮备案").hits[0].id == "food"
        assert "passport" not in [h.id for h in index.search("护照").hits]
        assert index.version() != before


def test_what_cannot_be_read_is_refused(encoder_dir: Path, tmp_path: Path) -> None:
    own = IndexSettings(tmp_path, None, None)
    with pytest.raises(IndexMissing):
        open_index(own)
    with pytest.raises(IndexMissing):
        publish([LIBRARY[0]], [], own)
    with pytest.raises(EncoderMissing):
        build(LIBRARY, replace(own, encoder_dir=tmp_path / "none"))
    with pytest.raises(ValueError, match="同一个编号"):
        build([LIBRARY[0], LIBRARY[0]], own)
    build(LIBRARY, own)
    with pytest.raises(IndexMismatch):
        open_index(replace(own, encoder_dir=encoder_dir))


def test_an_index_of_an_older_program_is_told_from_a_damaged_one_and_built_anew(tmp_path: Path) -> None:
    """Format 3 had no titles in its columns."""
    own = IndexSettings(tmp_path, None, None)
    build(LIBRARY, own)
    (manifest,) = tmp_path.glob("gen-*/manifest.json")
    said = manifest.read_text("utf-8")
    manifest.write_text(said.replace(f'"format": "{FORMAT}"', '"format": "3"'), "utf-8")
    (titles,) = tmp_path.glob("gen-*/chunk-*/titles.npy")
    titles.unlink()
    with pytest.raises(IndexMismatch, match="重新运行"):
        open_index(own)
    with pytest.raises(IndexMissing, match="先运行"):
        publish([LIBRARY[0]], [], own)
    assert build(LIBRARY, own).created == len(LIBRARY)
    with open_index(own) as opened:
        assert opened.search("结婚登记").hits

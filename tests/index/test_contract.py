"""The contract of an engine, written once and run on every one: what order and scores mean, not only their shape."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from index.analysis import VERSION, terms
from index.elastic.limits import limits
from index.engine import LEXICAL_FIELDS, Clause, Engine, Filter, Manifest, Record, UnitHit
from index.errors import IndexMissing
from index.models import Document

from .conftest import Place
from .corpus import DIMENSION, DOCUMENTS, record, records

MANIFEST = Manifest("1", VERSION, "by-hand", DIMENSION, "units", (("210802", ("站前区",)),))
ALL = Filter()
TOWARDS_CARD = np.array([[1, 0, 0, 0]], np.float32)


def clauses(text: str, **weights: float) -> list[Clause]:
    cut = terms(text)
    return [Clause(f, t, weights.get(f, 1.0)) for f in LEXICAL_FIELDS for t in dict.fromkeys(getattr(cut, f))]


@pytest.fixture
def filled(place: Place) -> Place:
    place.store.replace(records(), MANIFEST)
    return place


def found(hits: list[UnitHit]) -> list[str]:
    return list(dict.fromkeys(h.document for h in hits))


def test_nothing_built_is_said(place: Place) -> None:
    with pytest.raises(IndexMissing):
        place.read()


def test_the_manifest_comes_back(filled: Place) -> None:
    assert filled.read().manifest == MANIFEST


def test_lexical_finds_exactly_what_has_a_term(filled: Place) -> None:
    hits = filled.read().lexical([Clause("grams", "户口", 1.0)], ALL, 10)
    assert set(found(hits)) == {"hukou-faq", "id-card"}
    assert filled.read().lexical([Clause("grams", "火星", 1.0)], ALL, 10) == []
    assert filled.read().lexical([], ALL, 10) == []


def test_more_matching_terms_score_higher_and_scores_fall(filled: Place) -> None:
    hits = filled.read().lexical(clauses("身份证补领"), ALL, 50)
    assert hits[0].document == "id-card"
    scores = [h.score for h in hits]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_bm25_of_one_term_is_the_textbook_value(place: Place) -> None:
    """Two units of two terms each, the term once in one: idf ln(1 + 1.5/1.5), k1 1.2, average length, so tf part 1."""
    two = [Document("a", "item", "苹果梨"), Document("b", "item", "香蕉桃")]
    place.store.replace([record(d, (1.0, 0.0, 0.0, 0.0)) for d in two], MANIFEST)
    (hit,) = place.read().lexical([Clause("grams", "苹果", 1.0)], ALL, 10)
    assert hit.document == "a"
    assert hit.score == pytest.approx(np.log(2), rel=1e-3)


def test_a_boost_multiplies(filled: Place) -> None:
    engine = filled.read()
    once = engine.lexical([Clause("grams", "食品", 1.0)], ALL, 1)[0]
    thrice = engine.lexical([Clause("grams", "食品", 3.0)], ALL, 1)[0]
    assert thrice.score == pytest.approx(3 * once.score, rel=1e-4)


def test_a_rare_term_outweighs_a_common_one(filled: Place) -> None:
    engine = filled.read()
    rare = engine.lexical([Clause("grams", "食品", 1.0)], Filter(documents=("food-licence",)), 1)[0]
    common = engine.lexical([Clause("grams", "身份", 1.0)], Filter(documents=("id-card",)), 1)[0]
    assert rare.score > common.score


def test_dense_gives_cosines_best_first(filled: Place) -> None:
    hits = filled.read().dense(TOWARDS_CARD, ALL, 50)
    best = {h.document: h.score for h in reversed(hits)}
    assert found(hits)[:3] == ["id-card", "old-rule", "hukou-faq"]
    assert best["id-card"] == pytest.approx(1.0, abs=1e-4)
    assert best["hukou-faq"] == pytest.approx(0.6, abs=1e-4)
    assert best["food-licence"] == pytest.approx(0.0, abs=1e-4)


def test_dense_is_the_nearest_of_several_queries(filled: Place) -> None:
    both = np.array([[1, 0, 0, 0], [0, 1, 0, 0]], np.float32)
    best = {h.document: h.score for h in reversed(filled.read().dense(both, ALL, 50))}
    assert best["id-card"] == pytest.approx(1.0, abs=1e-4)
    assert best["food-licence"] == pytest.approx(1.0, abs=1e-4)


def test_limit_is_kept(filled: Place) -> None:
    engine = filled.read()
    assert len(engine.dense(TOWARDS_CARD, ALL, 2)) == 2
    assert len(engine.lexical(clauses("身份证"), ALL, 2)) == 2


@pytest.mark.parametrize(
    ("where", "allowed"),
    [
        (Filter(kinds=("faq",)), {"hukou-faq"}),
        (Filter(kinds=("faq", "place")), {"hukou-faq", "hall"}),
        (Filter(regions=("210803",)), {"id-card", "hukou-faq"}),
        (Filter(audiences=("business",)), {"food-licence"}),
        (Filter(departments=("公安局",)), {"id-card"}),
        (Filter(kinds=("item",), regions=("210803",)), {"id-card"}),
        (Filter(kinds=("no-such",)), set()),
        (Filter(documents=("hall", "food-licence")), {"hall", "food-licence"}),
        (Filter(documents=()), set()),
        (Filter(documents=("no-such",)), set()),
    ],
)
def test_filters_hold_in_both_legs_and_do_not_score(filled: Place, where: Filter, allowed: set[str]) -> None:
    engine = filled.read()
    query = clauses("身份证户口食品经营站前区政务")
    assert set(found(engine.dense(TOWARDS_CARD, where, 50))) == allowed
    hits = engine.lexical(query, where, 50)
    assert set(found(hits)) <= allowed
    free = {(h.document, h.unit): h.score for h in engine.lexical(query, ALL, 50)}
    for hit in hits:
        assert hit.score == pytest.approx(free[hit.document, hit.unit], rel=1e-4)


def test_facts_and_documents_come_back_whole(filled: Place) -> None:
    engine = filled.read()
    documents = engine.documents([*(d.id for d in DOCUMENTS), "no-such"])
    assert documents == {d.id: d for d in DOCUMENTS}
    facts = engine.facts(["id-card", "old-rule", "no-such"])
    assert set(facts) == {"id-card", "old-rule"}
    assert facts["id-card"].regions == ("210802", "210803")
    assert facts["id-card"].audiences == ("person",)
    assert facts["id-card"].department == "公安局"
    assert facts["id-card"].popularity == pytest.approx(0.9)
    assert facts["old-rule"].valid_to == DOCUMENTS[4].valid_to
    assert facts["old-rule"].valid_from is None
    assert facts["old-rule"].department is None


def test_spellings_by_what_sounds_alike_and_by_what_is_left_of_a_word(filled: Place) -> None:
    engine = filled.read()
    sounding, none, lacking = engine.spellings(["sen'hen", "huo'xin", "-身证"])
    ((word, units),) = sounding
    assert (word, none) == ("身份", [])
    assert units == len(engine.lexical([Clause("grams", "身份", 1.0)], ALL, 99))
    assert [w for w, _ in lacking] == ["身份证"]
    assert engine.spellings(["-身证", "sen'hen"]) == [lacking, sounding]


def test_many_keys_at_once_are_answered_in_their_order(filled: Place) -> None:
    keys = [f"-无{n}" for n in range(130)]
    assert filled.read().spellings([*keys, "sen'hen"]) == [[]] * 130 + filled.read().spellings(["sen'hen"])


def test_suggestions_by_text_pinyin_and_initials_popular_first(filled: Place) -> None:
    engine = filled.read()
    for key in ("身份", "shenfen", "sfz"):
        assert {s.document for s in engine.suggest(key, 9)} >= {"id-card", "old-rule"}, key
        assert engine.suggest(key, 9)[0].document == "id-card", key
    assert engine.suggest("火星", 9) == []


def test_a_change_is_seen_in_both_legs_and_the_old_text_is_gone(filled: Place) -> None:
    engine = filled.read()
    old = engine.version()
    edited = replace(DOCUMENTS[1], title="小餐饮备案", summary="小餐饮店不用许可证。", aliases=(), sections=())
    filled.store.change([record(edited, (0.0, 0.0, 0.0, -1.0))], ["hall"], MANIFEST)
    engine = filled.read()
    assert engine.version() != old
    assert found(engine.lexical([Clause("grams", "备案", 1.0)], ALL, 9)) == ["food-licence"]
    assert engine.lexical([Clause("grams", "经营", 1.0)], ALL, 9) == []
    assert engine.lexical([Clause("grams", "站前", 1.0)], ALL, 9) == []
    assert "hall" not in found(engine.dense(np.array([[0, 0, 0, 1]], np.float32), ALL, 99))
    assert found(engine.dense(np.array([[0, 0, 0, -1]], np.float32), ALL, 99))[0] == "food-licence"
    assert engine.documents(["food-licence", "hall"]) == {"food-licence": edited}
    assert engine.facts(["hall"]) == {}
    assert engine.suggest("站前", 9) == []
    assert engine.digests() == {d.id: d.digest() for d in [DOCUMENTS[0], edited, DOCUMENTS[2], DOCUMENTS[4]]}


def test_what_an_open_reader_knew_of_others_it_still_knows_and_of_the_edited_anew(filled: Place) -> None:
    engine, asked = filled.read(), ["id-card", "food-licence", "hall", "no-such"]
    old = engine.version()
    before = engine.facts(asked), engine.titles(asked), engine.documents(asked)
    assert all(set(known) == {"id-card", "food-licence", "hall"} for known in before)
    edited = replace(DOCUMENTS[1], title="小餐饮备案", department="区政府", popularity=0.5)
    filled.store.change([record(edited)], ["hall"], MANIFEST)
    wait_for_another_version(engine, old)
    assert engine.titles(asked) == {"id-card": DOCUMENTS[0].title, "food-licence": "小餐饮备案"}
    assert engine.documents(asked) == {"id-card": DOCUMENTS[0], "food-licence": edited}
    facts = engine.facts(asked)
    assert set(facts) == {"id-card", "food-licence"}
    assert facts["id-card"] == before[0]["id-card"]
    assert facts["food-licence"].department == "区政府"


def test_many_changes_in_a_row_leave_what_was_said_last(filled: Place) -> None:
    for number in range(4):
        edited = replace(DOCUMENTS[0], summary=f"第{number}版说明。")
        filled.store.change([record(edited)], [], MANIFEST)
    engine = filled.read()
    assert engine.documents(["id-card"])["id-card"].summary == "第3版说明。"
    hits = engine.dense(TOWARDS_CARD, Filter(documents=("id-card",)), 99)
    assert len({h.unit for h in hits}) == len(hits)


def test_a_rebuild_swaps_and_an_open_reader_goes_over(filled: Place) -> None:
    reader = filled.read()
    old = reader.version()
    filled.store.replace([record(DOCUMENTS[1])], MANIFEST)
    wait_for_another_version(reader, old)
    assert set(reader.digests()) == {"food-licence"}
    assert found(reader.dense(TOWARDS_CARD, ALL, 9)) == ["food-licence"]
    assert reader.lexical([Clause("grams", "身份", 1.0)], ALL, 9) == []


def test_a_reader_never_goes_over_to_another_encoders_vectors(filled: Place) -> None:
    reader = filled.read()
    old = reader.version()
    filled.store.replace([record(DOCUMENTS[1])], replace(MANIFEST, encoder="another"))
    for _ in range(3):
        time.sleep(limits().read.look_again)
        reader.refresh()
        assert reader.version() == old
    assert found(reader.dense(TOWARDS_CARD, ALL, 1)) == ["id-card"]
    filled.store.replace([record(DOCUMENTS[1])], MANIFEST)
    wait_for_another_version(reader, old)
    assert set(reader.digests()) == {"food-licence"}


def test_a_build_that_fails_leaves_the_old_version(filled: Place) -> None:
    def broken() -> Iterator[Record]:
        yield record(DOCUMENTS[1])
        raise RuntimeError("stopped in mid-build")

    before = filled.read().version()
    with pytest.raises(RuntimeError):
        filled.store.replace(broken(), MANIFEST)
    after = filled.read()
    assert after.version() == before
    assert set(after.digests()) == {d.id for d in DOCUMENTS}


def test_dropping_leaves_nothing(filled: Place) -> None:
    filled.store.drop()
    filled.store.drop()
    with pytest.raises(IndexMissing):
        filled.read()


def wait_for_another_version(engine: Engine, old: str) -> None:
    end = time.monotonic() + 2
    while engine.version() == old and time.monotonic() < end:
        engine.refresh()
        time.sleep(0.05)
    assert engine.version() != old

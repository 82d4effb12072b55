"""What maintainers say of the search: draft, before and after, hot fix, history; every process follows within two seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from search_api.database import open_database
from search_api.knowledge import Knowledge

Headers = dict[str, dict[str, str]]
QUERY = "身份证丢了怎么办"
PINNED = "marriage-registration"
SERVED_SECONDS = 2.0


def body(id_: str, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "queries": [QUERY], **fields}


def hot_fix(
    client: TestClient, headers: dict[str, str], kind: str, record: dict[str, Any], base: int | None = None
) -> Any:
    asked = {"kind": kind, "body": record, "reason": "线上急改", "base": base}
    return client.post("/v1/maintain/curations/publish", json=asked, headers=headers)


def search(client: TestClient, q: str = QUERY, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/search", params={"q": q, **more}).json()
    return found


def expire(client: TestClient, headers: dict[str, str], kind: str, id_: str) -> None:
    done = client.post(f"/v1/maintain/records/{kind}/{id_}/expire", json={"why": "试完了"}, headers=headers)
    assert done.status_code == 200, done.json()


def without_time(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "took_ms"}


@pytest.fixture
def second(application: TestClient) -> Iterator[Knowledge]:
    """Another process's view of the same database and index, following by itself."""
    held = cast(FastAPI, application.app).state.resources
    engine = open_database(held.settings.database_url)
    other = Knowledge(engine, held.settings.city, held.knowledge.index_settings)
    other.follow()
    stop = threading.Event()

    def following() -> None:
        while not stop.wait(0.5):
            other.follow()

    thread = threading.Thread(target=following)
    thread.start()
    yield other
    stop.set()
    thread.join()
    other.close()
    engine.dispose()


def test_a_pin_goes_through_review_and_is_live_in_every_process(
    application: TestClient, tokens: Headers, second: Knowledge
) -> None:
    before = search(application)
    assert before["hits"][0]["id"] != PINNED
    draft = {"kind": "curation", "body": body("zz-pin", pinned=[PINNED]), "reason": "置顶", "base": None}
    saved = application.post("/v1/maintain/drafts", json=draft, headers=tokens["小编"]).json()
    version = f"/v1/maintain/versions/{saved['id']}"
    assert saved["title"] == QUERY
    assert without_time(search(application)) == without_time(before), "a draft changes nothing"
    application.post(f"{version}/submit", headers=tokens["小编"])
    assert application.post(f"{version}/approve", json={}, headers=tokens["审核"]).status_code == 200
    index_before = search(application)["index_version"]
    started = time.monotonic()
    done = application.post("/v1/maintain/publish", json={"versions": [saved["id"]]}, headers=tokens["审核"])
    assert done.status_code == 200
    assert search(application)["hits"][0]["id"] == PINNED
    assert time.monotonic() - started < SERVED_SECONDS
    assert second.desk is not None
    while second.desk.index.search(QUERY).hits[0].id != PINNED:
        assert time.monotonic() - started < SERVED_SECONDS
        time.sleep(0.02)
    print(f"\nlive in the other process after {time.monotonic() - started:.2f} s")
    assert search(application)["index_version"] == index_before, "nothing was indexed anew"
    rule = search(application)["hits"][0]["why"]["rules"][-1]
    assert (rule["rule"], rule["curation"]) == ("pinned", "zz-pin")
    expire(application, tokens["审核"], "curation", "zz-pin")
    assert without_time(search(application)) == without_time(before)


def test_the_hit_test_is_the_production_result_before_and_after(application: TestClient, tokens: Headers) -> None:
    top = search(application)["hits"][0]["id"]
    record = body("zz-try", pinned=[PINNED], excluded=[top])
    asked = {"kind": "curation", "body": record, "q": QUERY}
    tried = application.post("/v1/maintain/curations/try", json=asked, headers=tokens["小编"]).json()
    assert without_time(tried["before"]) == without_time(search(application))
    assert tried["after"]["hits"][0]["id"] == PINNED
    assert [e["id"] for e in tried["excluded"]] == [top]
    assert hot_fix(application, tokens["审核"], "curation", record).status_code == 201
    assert without_time(tried["after"]) == without_time(search(application)), "what was tried is what is served"
    expire(application, tokens["审核"], "curation", "zz-try")


def test_a_hot_fix_is_one_act_with_reason_history_and_way_back(application: TestClient, tokens: Headers) -> None:
    assert hot_fix(application, tokens["小编"], "curation", body("zz-hot", pinned=[PINNED])).status_code == 403
    first = hot_fix(application, tokens["审核"], "curation", body("zz-hot", pinned=[PINNED]))
    assert first.status_code == 201, first.json()
    stale = hot_fix(application, tokens["审核"], "curation", body("zz-hot", pinned=[]), base=None)
    assert stale.status_code in (409, 422)
    again = hot_fix(application, tokens["管理"], "curation", body("zz-hot", excluded=[PINNED]), first.json()["id"])
    assert again.status_code == 201
    told = application.get("/v1/maintain/records/curation/zz-hot", headers=tokens["小编"]).json()
    assert [v["number"] for v in told["history"]] == [2, 1]
    assert {"publish_directly", "publish", "save"} <= {a["action"] for a in told["audit"]}
    assert {a["who"] for a in told["audit"]} == {"审核", "管理"}
    assert any(a["why"] == "线上急改" for a in told["audit"])
    back = {"number": 1, "why": "第二版不对"}
    path = "/v1/maintain/records/curation/zz-hot/roll-back"
    assert application.post(path, json=back, headers=tokens["审核"]).status_code == 200
    assert search(application)["hits"][0]["id"] == PINNED
    expire(application, tokens["审核"], "curation", "zz-hot")


@pytest.mark.parametrize(
    ("kind", "record", "said"),
    [
        ("curation", {"id": "zz-bad", "queries": ["灯塔"], "pinned": ["no-such-record"]}, "no-such-record"),
        ("curation", {"id": "zz-bad", "queries": ["灯塔"]}, "没有写置顶"),
        ("curation", {"id": "zz-bad", "queries": []}, "queries"),
        ("curation", {"id": "zz-bad", "queries": ["灯塔"], "pinned": [PINNED], "regions": ["999999"]}, "999999"),
        ("synonym", {"id": "zz-bad", "said": ["灯塔"]}, "什么意思"),
        ("denial", {"id": "zz-bad"}, "一个词"),
    ],
)
def test_what_is_wrong_is_refused_and_told(
    application: TestClient, tokens: Headers, kind: str, record: dict[str, Any], said: str
) -> None:
    refused = hot_fix(application, tokens["审核"], kind, record)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert not application.get(f"/v1/maintain/curations?kind={kind}&q=zz-bad", headers=tokens["小编"]).json()[
        "curations"
    ]


def test_a_synonym_loops_and_width_are_warned_of(application: TestClient, tokens: Headers) -> None:
    record = {"id": "zz-wide", "said": ["灯塔"], "official": ["登记"]}
    asked = {"kind": "synonym", "body": record}
    checked = application.post("/v1/maintain/check", json=asked, headers=tokens["小编"]).json()
    assert [p["rule"] for p in checked["problems"]] == ["synonym-wide"]
    phrases = {"phrase": ["登记", "没有这个词啊"]}
    touched = application.get("/v1/maintain/curations/touched", params=phrases, headers=tokens["小编"]).json()
    assert touched[0]["total"] > 0.15 * touched[0]["all"]
    assert touched[0]["records"]
    assert touched[1]["total"] == 0


def test_synonyms_and_denials_are_live_and_listed(application: TestClient, tokens: Headers) -> None:
    assert not any(h["id"] == PINNED for h in search(application, "紫金葫芦")["hits"][:1])
    synonym = {"id": "zz-gourd", "said": ["紫金葫芦"], "official": ["结婚登记"]}
    assert hot_fix(application, tokens["审核"], "synonym", synonym).status_code == 201
    assert search(application, "紫金葫芦")["hits"][0]["id"] == PINNED
    suggested = application.get("/v1/suggest", params={"q": "结婚登"}).json()["suggestions"]
    assert suggested
    assert hot_fix(application, tokens["审核"], "denial", {"id": "zz-deny", "phrases": ["结婚登"]}).status_code == 201
    assert application.get("/v1/suggest", params={"q": "结婚登"}).json()["suggestions"] == []
    listed = application.get("/v1/maintain/curations", params={"q": "葫芦"}, headers=tokens["小编"]).json()
    assert [(r["id"], r["says"]) for r in listed["curations"]] == [("zz-gourd", "紫金葫芦 → 结婚登记")]
    assert application.get("/v1/maintain/curations?q=领证", headers=tokens["小编"]).json()["bundled"]
    for kind, id_ in (("synonym", "zz-gourd"), ("denial", "zz-deny")):
        expire(application, tokens["审核"], kind, id_)
    assert application.get("/v1/suggest", params={"q": "结婚登"}).json()["suggestions"] == suggested

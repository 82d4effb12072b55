"""An edit from draft to what people are told; who may do what; nothing lost, nothing half."""

import copy
import threading
import time
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from search_api.accounts import MAY, Permission, Role

from .conftest import PASSWORD, USERS, accounts_of

Headers = dict[str, dict[str, str]]
ITEM = "resident-id-card"


def newest(client: TestClient, headers: dict[str, str], kind: str = "item", id_: str = ITEM) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/maintain/records/{kind}/{id_}", headers=headers).json()["newest"]
    return found


def draft(client: TestClient, headers: dict[str, str], body: dict[str, Any], base: int, kind: str = "item") -> Any:
    asked = {"kind": kind, "body": body, "reason": "试一试", "base": base}
    return client.post("/v1/maintain/drafts", json=asked, headers=headers)


def publish(client: TestClient, tokens: Headers, body: dict[str, Any], base: int, kind: str = "item") -> dict[str, Any]:
    saved: dict[str, Any] = draft(client, tokens["小编"], body, base, kind).json()
    version = f"/v1/maintain/versions/{saved['id']}"
    assert client.post(f"{version}/submit", headers=tokens["小编"]).status_code == 200
    approved = client.post(f"{version}/approve", json={}, headers=tokens["审核"])
    assert approved.status_code == 200, approved.json()
    done = client.post("/v1/maintain/publish", json={"versions": [saved["id"]]}, headers=tokens["审核"])
    assert done.status_code == 200, done.json()
    return saved


def test_an_edit_goes_from_draft_to_what_people_are_told(application: TestClient, tokens: Headers) -> None:
    before = newest(application, tokens["小编"])
    body = copy.deepcopy(before["body"])
    line = next(x for x in body["fee"]["lines"] if x["amount"] == "40" or x["amount"] == 40)
    line["amount"] = 41
    body["summary"] = "补办身份证从现在起收四十一元，紫金葫芦"
    checked = application.post("/v1/maintain/check", json={"kind": "item", "body": body}, headers=tokens["小编"]).json()
    assert any(f["path"].endswith("amount") for f in checked["fields"])
    assert any("补领" in o["situation"] and "41元" in str(o["changes"]) for o in checked["outcomes"])
    publish(application, tokens, body, before["id"])
    started = time.monotonic()
    answer = application.post(
        "/v1/navigate", json={"target": ITEM, "facts": {"id_card_matter": "lost", "is_minor": False}}
    )
    assert "41元" in answer.json()["outcome"]["fee"]["text"]
    hits = application.get("/v1/search", params={"q": "紫金葫芦"}).json()["hits"]
    assert hits
    assert hits[0]["id"] == ITEM
    assert time.monotonic() - started < 2
    back = {"number": before["number"], "why": "改错了"}
    done = application.post(f"/v1/maintain/records/item/{ITEM}/roll-back", json=back, headers=tokens["审核"])
    assert done.status_code == 200
    answer = application.post(
        "/v1/navigate", json={"target": ITEM, "facts": {"id_card_matter": "lost", "is_minor": False}}
    )
    assert "40元" in answer.json()["outcome"]["fee"]["text"]


def test_the_author_cannot_approve_his_own_change(application: TestClient, tokens: Headers) -> None:
    before = newest(application, tokens["审核"], "faq", faq := _an_faq(application))
    saved = draft(application, tokens["审核"], {**before["body"], "popularity": 0.9}, before["id"], "faq").json()
    application.post(f"/v1/maintain/versions/{saved['id']}/submit", headers=tokens["审核"])
    refused = application.post(f"/v1/maintain/versions/{saved['id']}/approve", json={}, headers=tokens["审核"])
    assert refused.status_code == 403
    assert "自己" in refused.json()["detail"]
    assert newest(application, tokens["审核"], "faq", faq)["state"] == "in_review"


def test_a_publish_that_the_index_does_not_take_is_told_and_made_good(application: TestClient, tokens: Headers) -> None:
    before = newest(application, tokens["小编"])
    current = cast(FastAPI, application.app).state.resources.settings.index_path / "CURRENT"
    away = current.with_name("away")
    current.rename(away)
    try:
        refused = application.post(
            f"/v1/maintain/records/item/{ITEM}/roll-back",
            json={"number": before["number"], "why": "试一试"},
            headers=tokens["审核"],
        )
    finally:
        away.rename(current)
    assert refused.status_code == 503, refused.json()
    assert refused.json()["detail"].startswith("已记为发布，但搜索还没有换上")
    assert newest(application, tokens["小编"])["number"] == before["number"] + 1
    body = {**newest(application, tokens["小编"])["body"], "summary": "这回换上了，青铜算盘"}
    publish(application, tokens, body, newest(application, tokens["小编"])["id"])
    assert application.get("/v1/search", params={"q": "青铜算盘"}).json()["hits"][0]["id"] == ITEM


def _an_faq(client: TestClient) -> str:
    found: str = client.get("/v1/search", params={"q": "身份证", "kind": "faq"}).json()["hits"][0]["id"]
    return found


def test_two_people_editing_one_guide_lose_nothing(application: TestClient, tokens: Headers) -> None:
    before = newest(application, tokens["小编"])
    codes: list[int] = []

    def edit(name: str) -> None:
        body = {**before["body"], "summary": f"{name}改的说法，跟别人不一样"}
        codes.append(draft(application, tokens[name], body, before["id"]).status_code)

    threads = [threading.Thread(target=edit, args=(name,)) for name in ("小编", "二编") * 4]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(codes) == [201] + [409] * 7
    refused = draft(application, tokens["二编"], before["body"], before["id"])
    assert "编辑期间" in refused.json()["detail"]
    mine = newest(application, tokens["小编"])
    again = draft(application, tokens["二编"], {**before["body"], "summary": "对照后再保存的说法"}, mine["id"])
    assert again.status_code == 201
    history = application.get(f"/v1/maintain/records/item/{ITEM}", headers=tokens["小编"]).json()["history"]
    assert {mine["id"], again.json()["id"]} <= {v["id"] for v in history}


def test_a_broken_record_is_told_field_by_field(application: TestClient, tokens: Headers) -> None:
    body = {**newest(application, tokens["小编"])["body"], "summary": "", "no_such_field": 1}
    checked = application.post("/v1/maintain/check", json={"kind": "item", "body": body}, headers=tokens["小编"]).json()
    assert any("summary" in line for line in checked["invalid"])
    assert any("no_such_field" in line for line in checked["invalid"])
    assert draft(application, tokens["小编"], body, 1).status_code in (409, 422)


def test_errors_of_the_linter_stop_the_review(application: TestClient, tokens: Headers) -> None:
    before = newest(application, tokens["小编"], "faq", faq := _an_faq(application))
    body = {**before["body"], "items": ["no-such-item"]}
    saved = draft(application, tokens["小编"], body, before["id"], "faq").json()
    application.post(f"/v1/maintain/versions/{saved['id']}/submit", headers=tokens["小编"])
    refused = application.post(f"/v1/maintain/versions/{saved['id']}/approve", json={}, headers=tokens["管理"])
    assert refused.status_code == 422
    assert "no-such-item" in refused.json()["detail"]
    assert newest(application, tokens["小编"], "faq", faq)["state"] == "in_review"


def test_a_candidate_can_be_tried_without_being_kept(application: TestClient, tokens: Headers) -> None:
    before = newest(application, tokens["小编"])
    body = copy.deepcopy(before["body"])
    body["questions"] = body["questions"][:1]
    asked = {"kind": "item", "body": body, "target": ITEM, "facts": {"id_card_matter": "lost"}}
    tried = application.post("/v1/maintain/try", json=asked, headers=tokens["小编"]).json()
    assert tried["outcome"]
    served = application.post("/v1/navigate", json={"target": ITEM, "facts": {"id_card_matter": "lost"}}).json()
    assert served["question"]


def test_the_graph_of_a_candidate_is_drawn_without_being_kept(application: TestClient, tokens: Headers) -> None:
    body = copy.deepcopy(newest(application, tokens["小编"])["body"])
    asked = {"kind": "item", "body": body, "target": ITEM}
    served = application.get(f"/v1/navigate/{ITEM}").json()
    drawn = application.post("/v1/maintain/graph", json=asked, headers=tokens["小编"]).json()
    assert len(drawn["nodes"]) == len(served["nodes"])
    body["questions"] = body["questions"][:1]
    fewer = application.post("/v1/maintain/graph", json=asked, headers=tokens["小编"]).json()
    assert len(fewer["nodes"]) < len(served["nodes"])
    assert application.get(f"/v1/navigate/{ITEM}").json() == served
    body["questions"] = [{"fact": "no_such_fact"}]
    refused = application.post("/v1/maintain/graph", json=asked, headers=tokens["小编"])
    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_the_vocabulary_names_what_a_field_may_refer_to(application: TestClient, tokens: Headers) -> None:
    told = application.get("/v1/maintain/vocabulary", headers=tokens["小编"]).json()
    facts = {f["id"]: f for f in told["facts"]}
    body = newest(application, tokens["小编"], "fact", "id_card_matter")["body"]
    assert [v["value"] for v in facts["id_card_matter"]["values"]] == [c["value"] for c in body["choices"]]
    assert told["names"]["fact"]["id_card_matter"] == body["label"]
    assert told["names"]["item"][ITEM]
    assert told["names"]["region"]["210802"] == "站前区"
    assert told["names"]["department"]["public-security"]


def test_an_item_stands_beside_itself_in_every_division(application: TestClient, tokens: Headers) -> None:
    told = application.get(f"/v1/maintain/districts/{ITEM}", headers=tokens["小编"]).json()
    rows = {row["field"]: row for row in told["rows"]}
    assert [c["name"] for c in told["columns"]][:2] == ["站前区", "西市区"]
    assert (rows["fee"]["agrees"], rows["fee"]["own"]) == (True, False)
    assert not rows["places"]["agrees"]
    assert rows["places"]["values"][0] == ["站前区户籍派出所（就近）"]
    body = {**newest(application, tokens["小编"])["body"], "implementations": {"210803": {"phones": ["0417-2999999"]}}}
    asked = {"kind": "item", "body": body, "target": ITEM}
    tried = application.post("/v1/maintain/districts", json=asked, headers=tokens["小编"]).json()
    phones = next(row for row in tried["rows"] if row["field"] == "phones")
    assert phones["values"][1] == ["0417-2999999"]
    assert not phones["agrees"]
    again = application.get(f"/v1/maintain/districts/{ITEM}", headers=tokens["小编"]).json()
    assert again == told, "a candidate is not kept"
    assert application.get("/v1/maintain/districts/no-such", headers=tokens["小编"]).status_code == 404


ROUTES: list[tuple[str, str, Any, Permission]] = [
    ("GET", "/v1/maintain/records", None, Permission.READ),
    ("GET", f"/v1/maintain/records/item/{ITEM}", None, Permission.READ),
    ("GET", "/v1/maintain/queue", None, Permission.READ),
    ("GET", "/v1/maintain/schema/faq", None, Permission.READ),
    ("GET", "/v1/maintain/versions/1", None, Permission.READ),
    ("GET", "/v1/maintain/versions/1/check", None, Permission.READ),
    ("POST", "/v1/maintain/check", {"kind": "faq", "body": {}}, Permission.EDIT),
    ("POST", "/v1/maintain/try", {"kind": "faq", "body": {}, "target": ITEM}, Permission.EDIT),
    ("POST", "/v1/maintain/graph", {"kind": "faq", "body": {}, "target": ITEM}, Permission.EDIT),
    ("GET", f"/v1/maintain/districts/{ITEM}", None, Permission.READ),
    ("POST", "/v1/maintain/districts", {"kind": "faq", "body": {}, "target": ITEM}, Permission.EDIT),
    ("GET", "/v1/maintain/vocabulary", None, Permission.READ),
    ("POST", "/v1/maintain/drafts", {"kind": "faq", "body": {}, "reason": "试"}, Permission.EDIT),
    ("POST", "/v1/maintain/versions/999999/submit", None, Permission.EDIT),
    ("POST", "/v1/maintain/versions/999999/approve", {}, Permission.REVIEW),
    ("POST", "/v1/maintain/versions/999999/send-back", {"note": "改"}, Permission.REVIEW),
    ("POST", "/v1/maintain/batch/check", {"versions": [999999]}, Permission.READ),
    ("POST", "/v1/maintain/batch/submit", {"versions": [999999]}, Permission.EDIT),
    ("POST", "/v1/maintain/batch/approve", {"versions": [999999]}, Permission.REVIEW),
    ("POST", "/v1/maintain/batch/send-back", {"versions": [999999], "note": "改"}, Permission.REVIEW),
    ("POST", "/v1/maintain/publish", {"versions": [999999]}, Permission.PUBLISH),
    ("POST", "/v1/maintain/records/faq/no-such/expire", {"why": "试"}, Permission.PUBLISH),
    ("POST", "/v1/maintain/records/faq/no-such/roll-back", {"number": 1, "why": "试"}, Permission.PUBLISH),
    ("GET", "/v1/maintain/curations", None, Permission.READ),
    ("GET", "/v1/maintain/curations/touched?phrase=身份证", None, Permission.READ),
    (
        "POST",
        "/v1/maintain/curations/try",
        {"kind": "denial", "body": {"id": "zz-try"}, "q": "身份证"},
        Permission.EDIT,
    ),
    (
        "POST",
        "/v1/maintain/curations/publish",
        {"kind": "denial", "body": {"id": "zz-try"}, "reason": "试"},
        Permission.PUBLISH,
    ),
    ("GET", "/v1/maintain/import/fields", None, Permission.READ),
    ("GET", "/v1/maintain/import/mappings", None, Permission.READ),
    ("PUT", "/v1/maintain/import/mappings/试", {"tables": []}, Permission.EDIT),
    ("POST", "/v1/maintain/import/file/preview?filename=a.exe", None, Permission.EDIT),
    ("POST", "/v1/maintain/import/file/apply?filename=a.exe&state=x&why=y", None, Permission.EDIT),
    ("GET", "/v1/maintain/export?format=csv", None, Permission.READ),
    ("GET", "/v1/users", None, Permission.ACCOUNTS),
    ("POST", "/v1/users", {"name": "", "password": "", "role": "editor"}, Permission.ACCOUNTS),
    ("PATCH", "/v1/users/no-such", {"disabled": True}, Permission.ACCOUNTS),
]


def test_the_matrix_names_every_guarded_route(application: TestClient) -> None:
    described = application.get("/openapi.json").json()["paths"]
    guarded = {
        (method.upper(), path)
        for path, methods in described.items()
        for method in methods
        if path.startswith(("/v1/maintain", "/v1/users"))
    }
    assert len(guarded) == len(ROUTES), sorted(guarded)


@pytest.mark.parametrize(("method", "path", "body", "permission"), ROUTES)
def test_each_role_on_each_route(
    application: TestClient, tokens: Headers, method: str, path: str, body: Any, permission: Permission
) -> None:
    assert application.request(method, path, json=body).status_code == 401
    for name, role in USERS.items():
        status = application.request(method, path, json=body, headers=tokens[name]).status_code
        if permission in MAY[role]:
            assert status not in (401, 403), (name, status)
            assert status < 500, (name, status)
        else:
            assert status == 403, (name, status)


def test_signing_in_and_out_in_a_browser(application: TestClient, tokens: Headers) -> None:
    assert application.post("/v1/session", json={"name": "小编", "password": "不对的密码"}).status_code == 401
    signed = application.post("/v1/session", json={"name": "小编", "password": PASSWORD})
    assert signed.json()["role"] == Role.EDITOR
    cookie = signed.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert application.get("/v1/session").json()["name"] == "小编"
    assert application.delete("/v1/session").status_code == 204
    assert application.get("/v1/session").status_code == 401


def test_a_disabled_user_is_out_at_once(application: TestClient, tokens: Headers) -> None:
    accounts = accounts_of(application)
    accounts.add("离职", PASSWORD, Role.EDITOR)
    token = accounts.sign_in("离职", PASSWORD)
    headers = {"authorization": f"Bearer {token}"}
    assert application.get("/v1/session", headers=headers).status_code == 200
    change = application.patch("/v1/users/离职", json={"disabled": True}, headers=tokens["管理"])
    assert change.status_code == 200
    assert application.get("/v1/session", headers=headers).status_code == 401
    assert accounts.sign_in("离职", PASSWORD) is None

"""Rehearsals over HTTP: the form, what is wrong with a screen of it, and that nothing typed stays anywhere."""

import logging
import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from knowledge_base.field_values import id_digit
from search_api.rehearsal_payloads import MAX_TYPED

RENT = "rehearse-fund-rent"
SECRET_NAME = "欧阳紫金葫芦"
SECRET_ID = "21080219910307123" + id_digit("21080219910307123")


def check(client: TestClient, screen: str, **typed: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/rehearsals/{RENT}/check", json={"screen": screen, "typed": typed})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_list_leads_to_forms(application: TestClient) -> None:
    listed = application.get("/v1/rehearsals").json()["rehearsals"]
    assert RENT in [r["id"] for r in listed]
    for entry in listed:
        page = application.get(f"/v1/rehearsals/{entry['id']}").json()
        assert len(page["forms"]) == entry["screens"] >= 3
        assert page["channel"]
        assert page["entry"]
        assert page["after"]
        assert "没有和真实系统逐项核对" in page["notice"]
        assert application.get(f"/v1/items/{entry['item']['id']}").status_code == 200


def test_options_come_from_the_city_where_the_form_names_none(application: TestClient) -> None:
    page = application.get(f"/v1/rehearsals/{RENT}").json()
    fields = {f["id"]: f for screen in page["forms"] for f in screen["fields"]}
    assert "鲅鱼圈区" in [o["label"] for o in fields["rent_region"]["options"]]
    assert [o["value"] for o in fields["is_married"]["options"]] == ["true", "false"]
    assert fields["spouse_name"]["conditional"]
    assert not fields["holder_name"]["conditional"]
    assert fields["spouse_name"]["material"]["title"] == "结婚证"


def test_errors_are_told_field_by_field(application: TestClient) -> None:
    found = check(application, "account", holder_name="张 三", holder_id="990000198503070016")
    told = {e["field"]: (e["reason"], e["message"]) for e in found["errors"]}
    assert set(told) == {"holder_name", "holder_id", "holder_mobile"}
    assert told["holder_mobile"][0] == "missing"
    assert told["holder_id"][0] == "wrong"
    assert "最后一位" in told["holder_id"][1]
    assert not found["complete"]
    right = check(
        application, "account", holder_name="张三", holder_id="990000198503070015", holder_mobile="13900000000"
    )
    assert right["complete"]
    assert right["errors"] == []


def test_fields_appear_and_vanish(application: TestClient) -> None:
    assert "spouse_id" not in check(application, "rental")["fields"]
    assert "spouse_id" in check(application, "rental", is_married="true")["fields"]
    assert "spouse_id" not in check(application, "rental", is_married="false", spouse_id="1")["fields"]


def test_what_to_have_at_hand_follows_the_answers(application: TestClient) -> None:
    single, married = check(application, "confirm"), check(application, "confirm", is_married="true")
    assert "结婚证" not in [p["name"] for p in single["preparations"]]
    assert "结婚证" in [p["name"] for p in married["preparations"]]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("no-such", {"screen": "account"}, 404),
        (RENT, {"screen": "nowhere"}, 404),
        (RENT, {}, 422),
        (RENT, {"screen": "account", "typed": {"holder_name": "长" * 501}}, 422),
        (RENT, {"screen": "account", "typed": {f"f{n}": "x" for n in range(MAX_TYPED + 1)}}, 422),
        (RENT, {"screen": "account", "typed": {"holder_name": {"name": "", "size": 1}}}, 422),
        (RENT, {"screen": "account", "typed": {"holder_name": ["张三"]}}, 422),
        (RENT, {"screen": "account", "typed": {"holder_name": "x" * 70_000}}, 413),
    ],
)
def test_bad_requests_are_refused_in_chinese(
    application: TestClient, path: str, body: dict[str, Any], status: int
) -> None:
    answer = application.post(f"/v1/rehearsals/{path}/check", json=body)
    assert answer.status_code == status, answer.text
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.json()["detail"])


def test_any_value_in_any_field_is_answered(application: TestClient) -> None:
    """Values of the wrong kind are told to the person; none breaks the check."""
    for value in (True, False, "", "9" * 500, "２０２４-１３-９９", {"name": "无扩展名", "size": 0}, "NaN", "\x00"):
        for screen in application.get(f"/v1/rehearsals/{RENT}").json()["forms"]:
            found = check(application, screen["id"], **{f["id"]: value for f in screen["fields"]})
            assert all(e["message"] for e in found["errors"])


def test_nothing_typed_is_stored_or_logged(application: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        check(application, "account", holder_name=SECRET_NAME, holder_id=SECRET_ID, holder_mobile="13812345678")
        wrong = {"screen": "account", "typed": {"holder_name": [SECRET_NAME]}}
        refused = application.post(f"/v1/rehearsals/{RENT}/check", json=wrong)
    assert SECRET_NAME not in refused.text
    kept = [caplog.text, application.get("/metrics").text, _database(application)]
    assert all(kept[2:])
    for text in kept:
        assert SECRET_NAME not in text
        assert SECRET_ID not in text


def _database(client: TestClient) -> str:
    url = cast(FastAPI, client.app).state.resources.settings.database_url
    with sqlite3.connect(Path(url.removeprefix("sqlite:///"))) as connection:
        return "\n".join(connection.iterdump())


def test_an_item_with_rehearsals_leads_to_them(application: TestClient) -> None:
    asked = {"target": "housing-fund-withdrawal", "facts": {"fund_purpose": "rent"}}
    outcome = application.post("/v1/navigate", json=asked).json()["outcome"]
    assert [r["id"] for r in outcome["rehearsals"]] == [RENT]
    other = application.post("/v1/navigate", json={**asked, "facts": {"fund_purpose": "retire"}}).json()["outcome"]
    assert RENT not in [r["id"] for r in other["rehearsals"]]

"""Benefits over HTTP: verdicts with clauses, the next question, what cannot be used."""

from typing import Any

from fastapi.testclient import TestClient


def ask(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/benefits", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def one(found: dict[str, Any], benefit: str) -> dict[str, Any]:
    hit: dict[str, Any] = next(m for m in found["matches"] if m["id"] == benefit)
    return hit


def test_it_begins_with_the_audience(application: TestClient) -> None:
    found = ask(application)
    assert found["question"]["fact"] == "audience"
    assert {m["verdict"] for m in found["matches"]} == {"unknown"}


def test_each_verdict_is_told_with_its_clause_amount_and_way(application: TestClient) -> None:
    facts = {"person_age": 70, "family_status": "dibao", "child_under_three": True, "wheelchair_vehicle": False}
    found = ask(application, audience="person", facts=facts)
    infant = one(found, "benefit-infant-money")
    assert (infant["verdict"], infant["apply_item"]["id"]) == ("qualifies", "child-raising-subsidy")
    assert infant["amount"].startswith("每年3600元")
    care = one(found, "benefit-care-allowance")
    (missing,) = [c for c in care["conditions"] if c["verdict"] == "missing"]
    assert missing["missing_fact"][0]["fact"] == "needs_long_care"
    assert missing["clause"]["article"] == "第三十条第二款"
    old = one(found, "benefit-old-allowance")
    assert [c["verdict"] for c in old["conditions"]] == ["failed", "met"]
    assert one(found, "benefit-wheelchair-fuel")["verdict"] == "not"


def test_what_cannot_be_used_is_dropped_and_told(application: TestClient) -> None:
    found = ask(
        application, audience="person", facts={"family_status": "rich", "no_such": True, "person_age": "unknown"}
    )
    assert {d["fact"] for d in found["dropped"]} == {"family_status", "no_such"}
    assert [(f["fact"], f["answer"]) for f in found["facts"]] == [("person_age", "不清楚")]


def test_businesses_get_theirs(application: TestClient) -> None:
    found = ask(application, facts={"audience": "business"})
    assert {m["id"] for m in found["matches"]}.isdisjoint({"benefit-infant-money"})
    assert one(found, "benefit-high-tech-rate")["source"]


def test_a_wrong_body_is_refused_in_chinese(application: TestClient) -> None:
    answer = application.post("/v1/benefits", json={"audience": "robot"})
    assert answer.status_code == 422
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.json()["detail"])


def test_the_policy_page_shows_the_parts(application: TestClient) -> None:
    page = application.get("/v1/policies/benefit-wheelchair-fuel").json()
    assert page["benefit"]["amount"] == "每年260元（每辆车）"
    assert page["benefit"]["conditions"][0]["clause"]["title"] == "关于残疾人机动轮椅车燃油补贴的通知"
    assert application.get("/v1/policies/measure-01").json()["benefit"] is None

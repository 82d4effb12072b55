"""A file becomes drafts for review: previewed, mapped, all or nothing; a bad one is refused in Chinese in bounded memory."""

import json
import resource
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.knowledge_base.exchange.conftest import workbook
from tests.knowledge_base.exchange.test_bad_files import GOOD, bomb, entities, many_rows, part

from .test_maintain import Headers

HEADER = ["问题", "别的问法", "回答", "相关事项"]
ROW = [
    "渔港码头能停房车吗？",
    "房车停海边行不行\n开房车去码头\n码头过夜让不让\n海边露营车放哪\n停车场能睡车里吗",
    "码头上的停车场只停小车，房车要停到路边划线的大车位。夜里有潮水，别停在斜坡上，停之前先问管理员，免得挡了渔船卸货的路。",
    "居民身份证",
]
MEMORY = 64 << 20
"""So much may one file grow the serving process: the work is done in another."""


def preview(client: TestClient, headers: dict[str, str], data: bytes, **asked: str) -> Any:
    return client.post("/v1/maintain/import/file/preview", params=asked, content=data, headers=headers)


def apply(client: TestClient, headers: dict[str, str], data: bytes, state: str, **asked: str) -> Any:
    params = {"state": state, "why": "换了新表", **asked}
    return client.post("/v1/maintain/import/file/apply", params=params, content=data, headers=headers)


def waiting(client: TestClient, headers: dict[str, str]) -> list[int]:
    return [v["id"] for v in client.get("/v1/maintain/queue", headers=headers).json()]


def test_a_workbook_becomes_drafts_for_review_once(application: TestClient, tokens: Headers) -> None:
    editor, data = tokens["小编"], workbook([HEADER, ROW])
    shown = preview(application, editor, data, filename="常见问题.xlsx").json()
    assert (shown["created"], shown["updated"]) == (1, 0)
    columns = {c["header"]: (c["field"], c["how"]) for c in shown["columns"]}
    assert columns["别的问法"] == ("phrasings", "相似")
    assert shown["columns"][0]["samples"] == [ROW[0]]
    assert waiting(application, editor) == [], "a preview keeps nothing"
    done = apply(application, editor, data, shown["state"], filename="常见问题.xlsx")
    assert done.status_code == 201, done.json()
    (draft,) = done.json()["drafts"]
    version = application.get(f"/v1/maintain/versions/{draft}", headers=editor).json()
    assert (version["state"], version["author"], version["reason"]) == ("in_review", "小编", "换了新表")
    assert version["origin"] == "常见问题.xlsx"
    hits = application.get("/v1/search", params={"q": "渔港码头房车"}).json()["hits"]
    assert version["record"] not in [h["id"] for h in hits], "nothing is published"
    again = preview(application, editor, data, filename="常见问题.xlsx").json()
    assert (again["created"], again["updated"]) == (0, 0)
    twice = apply(application, editor, data, again["state"], filename="常见问题.xlsx").json()
    assert (twice["written"], twice["drafts"]) == (0, [])
    stale = apply(application, editor, data, shown["state"], filename="常见问题.xlsx")
    assert stale.status_code == 409
    assert "重新预览" in stale.json()["detail"]


def test_a_changed_fee_shows_its_fields_and_its_outcomes(application: TestClient, tokens: Headers) -> None:
    editor = tokens["小编"]
    data = application.get(
        "/v1/maintain/export", params={"format": "json", "kind": "item", "id": "resident-id-card"}, headers=editor
    ).content
    same = preview(application, editor, data, filename="身份证.json").json()
    assert (same["created"], same["updated"]) == (0, 0)
    changed = data.replace(b'"amount": "40"', b'"amount": "42"')
    assert changed != data
    shown = preview(application, editor, changed, filename="身份证.json").json()
    (change,) = shown["changes"]
    assert [(f["before"], f["after"]) for f in change["fields"]] == [("40", "42")]
    assert any("42元" in str(o["changes"]) for o in shown["outcomes"])


def test_a_mapping_is_edited_saved_by_name_and_used(application: TestClient, tokens: Headers) -> None:
    editor, data = tokens["小编"], workbook([["问题", "话术", "备用"], [ROW[0], ROW[2], "内部"]], "热线")
    first = preview(application, editor, data, filename="热线.xlsx").json()
    assert {c["header"]: c["how"] for c in first["columns"]} == {"问题": "同义词", "话术": "未识别", "备用": "未识别"}
    mapping = first["mapping"]
    mapping["tables"][0]["columns"] |= {"话术": "answer", "备用": "raw"}
    path = "/v1/maintain/import/mappings/热线表"
    assert application.put(path, json=mapping, headers=editor).status_code == 204
    saved = application.get("/v1/maintain/import/mappings", headers=editor).json()
    assert [(m["name"], m["who"], m["mapping"]) for m in saved] == [("热线表", "小编", mapping)]
    second = preview(application, editor, data, filename="热线.xlsx", mapping="热线表").json()
    assert second["importable"], second["issues"]
    assert {c["header"]: c["how"] for c in second["columns"]}["话术"] == "已保存"
    mapping["tables"][0]["columns"]["话术"] = "no-such-field"
    refused = application.put(path, json=mapping, headers=editor)
    assert refused.status_code == 422
    assert "no-such-field" in refused.json()["detail"]
    assert preview(application, editor, data, filename="热线.xlsx", mapping="没存过").status_code == 404


def test_errors_come_by_row_and_column_and_nothing_is_half_imported(application: TestClient, tokens: Headers) -> None:
    editor, before = tokens["小编"], waiting(application, tokens["小编"])
    data = workbook([HEADER, ["海边几点涨潮好赶海？", *ROW[1:]], ["", *ROW[1:]]])
    shown = preview(application, editor, data, filename="问答.xlsx").json()
    assert not shown["importable"]
    (error,) = [i for i in shown["issues"] if i["severity"] == "error"]
    assert (error["row"], error["column"]) == (3, "问题")
    refused = apply(application, editor, data, shown["state"], filename="问答.xlsx")
    assert refused.status_code == 422
    assert waiting(application, editor) == before


BAD = {
    "a zip bomb": (bomb, "炸弹.xlsx", 413),
    "100,000 rows": (lambda: many_rows(100_000), "很多行.xlsx", 413),
    "a document type": (entities, "实体.xlsx", 422),
    "a cut file": (lambda: GOOD[: len(GOOD) // 2], "断了.xlsx", 422),
    "no encoding": (lambda: b"\xff\xfe\x00\xd8" + bytes(range(128, 255)) * 9, "乱码.csv", 422),
    "another type": (lambda: GOOD, "表.csv", 422),
    "a program": (lambda: b"MZ\x90\x00", "表.exe", 422),
    "nothing": (lambda: b"", "空.csv", 422),
    "a broken sheet": (lambda: part(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "坏.xlsx", 422),
    "deep JSON": (lambda: b"[" * 200_000, "深.json", 422),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_chinese(application: TestClient, tokens: Headers, name: str) -> None:
    make, filename, status = BAD[name]
    data = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = preview(application, tokens["小编"], data, filename=filename)
    assert answer.status_code == status, answer.text
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.json()["detail"])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown << 10 < MEMORY, "the file fills another process, not this one"


def test_merged_cells_and_gbk_are_read_and_said(application: TestClient, tokens: Headers) -> None:
    text = "问题,回答\n海边几点涨潮好赶海？," + ROW[2] + "\n"
    shown = preview(application, tokens["小编"], text.encode("gb18030"), filename="问答.csv").json()
    assert shown["encoding"] == "gbk"
    assert shown["created"] == 1
    merged = preview(application, tokens["小编"], workbook([HEADER, ROW], merged=["A1:B1"]), filename="并.xlsx")
    assert merged.status_code == 200
    assert merged.json()["columns"][1]["header"] == "第B列", "a merged header is kept once and the rest is shown"


def test_a_file_past_the_bound_is_refused_while_it_comes(application: TestClient, tokens: Headers) -> None:
    answer = preview(application, tokens["小编"], b"x" * (33 << 20), filename="大.csv")
    assert answer.status_code == 413
    assert "32MB" in answer.json()["detail"]
    assert application.post("/v1/maintain/check", content=b"x" * (1 << 20)).status_code == 413


@pytest.mark.parametrize(
    ("format", "kind"), [("xlsx", "faq"), ("csv", "place"), ("jsonl", "fact"), ("docx", "item"), ("yaml", "")]
)
def test_what_is_published_comes_out_in_each_format(
    application: TestClient, tokens: Headers, format: str, kind: str
) -> None:
    params = {"format": format, **({"kind": kind} if kind else {})}
    answer = application.get("/v1/maintain/export", params=params, headers=tokens["小编"])
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    if format in ("xlsx", "csv"):
        name = "内容." + format
        shown = preview(application, tokens["二编"], answer.content, filename=name).json()
        assert (shown["created"], shown["updated"]) == (0, 0), "what goes out comes in again as it was"
        assert shown["unchanged"] > 5
    refused = application.get("/v1/maintain/export", params={"format": "csv", "kind": "fact"}, headers=tokens["小编"])
    assert refused.status_code == 422


def records(*entries: tuple[str, dict[str, Any]]) -> bytes:
    """As an export in JSON has them."""
    return json.dumps([{"kind": kind, "record": body} for kind, body in entries], ensure_ascii=False).encode()


def test_many_drafts_are_reviewed_and_published_as_one_batch(application: TestClient, tokens: Headers) -> None:
    """A new material and an item that asks for it: each alone is refused or broken, together they are right."""
    reviewer = tokens["审核"]
    body = application.get("/v1/maintain/records/item/temporary-id-card", headers=reviewer).json()["newest"]["body"]
    asks = {"material": "zz-lamp-paper", "reason": "灯塔里领临时证要认得是守灯的人"}
    item = {**body, "materials": [*body["materials"], asks]}
    paper = {"id": "zz-lamp-paper", "name": "守灯人证", "kind": "certificate"}
    data = records(("material", paper), ("item", item))
    state = preview(application, tokens["审核"], data, filename="守灯.json").json()["state"]
    ids = apply(application, reviewer, data, state, filename="守灯.json").json()["drafts"]
    assert len(ids) == 2
    alone = [v for v in ids if application.get(f"/v1/maintain/versions/{v}", headers=reviewer).json()["kind"] == "item"]
    refused = application.post(f"/v1/maintain/versions/{alone[0]}/approve", json={}, headers=tokens["管理"])
    assert refused.status_code == 422, "its material is not there yet"

    batch = "/v1/maintain/batch"
    looked = application.post(f"{batch}/check", json={"versions": ids}, headers=tokens["小编"]).json()
    assert (looked["total"], looked["created"], looked["errors"]) == (2, 1, 0)
    assert any("守灯人证" in str(o["changes"]) for o in looked["outcomes"])
    own = application.post(f"{batch}/approve", json={"versions": ids}, headers=reviewer)
    assert own.status_code == 403
    assert "自己" in own.json()["detail"]
    note = {"versions": ids, "note": "一批看过"}
    approved = application.post(f"{batch}/approve", json=note, headers=tokens["管理"])
    assert approved.status_code == 200, approved.json()
    assert {(v["state"], v["reviewer"], v["review_note"]) for v in approved.json()} == {
        ("reviewed", "管理", "一批看过")
    }
    done = application.post("/v1/maintain/publish", json={"versions": ids}, headers=tokens["管理"])
    assert done.status_code == 200, done.json()
    trail = application.get("/v1/maintain/records/material/zz-lamp-paper", headers=reviewer).json()["audit"]
    assert [(a["who"], a["action"]) for a in reversed(trail)] == [
        *[("审核", "save"), ("审核", "submit"), ("管理", "approve"), ("管理", "publish")]
    ]
    asked = {"target": "temporary-id-card", "facts": {"id_card_applied": True, "is_minor": False}}
    guide = application.post("/v1/navigate", json=asked).json()
    assert "守灯人证" in json.dumps(guide, ensure_ascii=False)


def test_a_batch_with_an_error_is_refused_whole_and_names_the_record(application: TestClient, tokens: Headers) -> None:
    wrong = {
        "id": "zz-bad-faq",
        "question": "灯塔几点关灯？",
        "phrasings": ["灯啥时候灭", "几点熄灯", "亮到几点"],
        "answer": "天亮就关。" * 10,
        "topics": ["no-such-topic"],
        "basis": [{"source": "yingkou-plan-50"}],
    }
    data = records(("faq", wrong), ("material", {"id": "zz-fine", "name": "灯油单", "kind": "form"}))
    state = preview(application, tokens["小编"], data, filename="坏.json").json()["state"]
    ids = apply(application, tokens["小编"], data, state, filename="坏.json").json()["drafts"]
    refused = application.post("/v1/maintain/batch/approve", json={"versions": ids}, headers=tokens["审核"])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "灯塔几点关灯？"
    assert "no-such-topic" in refused.json()["errors"][0]["detail"]
    looked = application.post("/v1/maintain/batch/check", json={"versions": ids}, headers=tokens["审核"]).json()
    assert looked["errors"] >= 1
    assert looked["records"][0]["version"]["title"] == "灯塔几点关灯？", "records with errors come first"
    sent = application.post(
        "/v1/maintain/batch/send-back", json={"versions": ids, "note": "主题写错了"}, headers=tokens["审核"]
    )
    assert {(v["state"], v["review_note"]) for v in sent.json()} == {("draft", "主题写错了")}
    assert (
        application.post("/v1/maintain/batch/check", json={"versions": []}, headers=tokens["审核"]).status_code == 422
    )

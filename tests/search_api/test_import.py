"""A file becomes drafts for review: previewed, mapped, all or nothing; a bad one is refused in Chinese in bounded memory."""

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

"""Files that break importers: each is refused in Chinese, quickly and in bounded memory, or read right."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from openpyxl import Workbook

from knowledge_base.exchange import Preview, Refused, preview
from knowledge_base.exchange.settings import limits

from .conftest import workbook

HEADER = ["事项名称", "实施部门", "受理条件"]
GOOD = workbook([HEADER, ["办饭店", "市监局", "年满18岁"]])
MEMORY = 200 << 20
SECONDS = 30.0


def part(content: bytes, name: str, new: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in old.infolist():
            if entry.filename != name:
                made.writestr(entry.filename, old.read(entry.filename))
        made.writestr(name, new)
    return out.getvalue()


def many_rows(number: int) -> bytes:
    head = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    rows = (f'<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>事项{i}</t></is></c></row>' for i in range(1, number + 1))
    return part(GOOD, "xl/worksheets/sheet1.xml", head + "".join(rows).encode() + b"</sheetData></worksheet>")


def bomb() -> bytes:
    head = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return part(GOOD, "xl/worksheets/sheet1.xml", head + b" " * (60 << 20))


def entities() -> bytes:
    lines = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return part(GOOD, "xl/sharedStrings.xml", lines + b"<sst>&b;</sst>")


def broken_document() -> bytes:
    nothing = b"PK\x05\x06" + bytes(18)
    return part(part(nothing, "[Content_Types].xml", b"<x"), "word/document.xml", b"<")


def formula() -> bytes:
    return workbook([HEADER, ["办饭店", '=VLOOKUP("市监局",A1:B9,2)', "年满18岁"]])


BAD: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "empty": ("空.xlsx", lambda: b"", "empty", "空的"),
    "blank csv": ("空.csv", lambda: b" \r\n ", "empty", "空的"),
    "empty workbook": ("空.xlsx", lambda: workbook([]), "empty", "没有内容"),
    "truncated": ("断.xlsx", lambda: GOOD[: len(GOOD) // 2], "truncated", "不完整"),
    "no end": ("断.xlsx", lambda: GOOD[:-40], "truncated", "不完整"),
    "flipped": ("坏.xlsx", lambda: GOOD[:600] + bytes(400) + GOOD[1000:], "truncated", "损坏"),
    "zip bomb": ("炸.xlsx", bomb, "zip-bomb", "压缩炸弹"),
    "entity bomb": ("炸.xlsx", entities, "unsafe-xml", "安全"),
    "100,000 rows": ("多.xlsx", lambda: many_rows(100_000), "too-many-rows", "20000 行"),
    "many columns": ("宽.xlsx", lambda: workbook([["事项名称"] * 300]), "too-many-columns", "列"),
    "long cell": ("长.csv", lambda: ("事项名称\n" + "长" * 40000).encode(), "cell-too-long", "一格最多"),
    "macros": ("宏.xlsx", lambda: part(GOOD, "xl/vbaProject.bin", b"x"), "macros", "宏"),
    "xlsm": ("宏.xlsm", lambda: GOOD, "macros", "宏"),
    "old excel": ("旧.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "old-format", ".xlsx"),
    "encrypted": ("密.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "old-format", "密码"),
    "docx named xlsx": ("错.docx", lambda: GOOD, "wrong-extension", ".xlsx"),
    "csv named xlsx": ("错.xlsx", lambda: "事项名称\n办饭店".encode(), "wrong-extension", "不是"),
    "xlsx named csv": ("错.csv", lambda: GOOD, "wrong-extension", ".xlsx"),
    "json named csv": ("错.csv", lambda: '[{"事项名称": "办饭店"}]'.encode(), "wrong-extension", "JSON"),
    "other zip": ("别.xlsx", lambda: part(b"PK\x05\x06" + bytes(18), "a.txt", b"x"), "wrong-type", "不是"),
    "pdf": ("文.docx", lambda: b"%PDF-1.4", "wrong-type", "PDF"),
    "unknown": ("文.exe", lambda: b"MZ", "wrong-type", "不认识"),
    "neither encoding": ("码.csv", lambda: b"\xff\x81\xff\x00\xff", "encoding", "编码"),
    "binary": ("码.csv", lambda: b"a,b\0c", "not-text", "文本"),
    "broken json": ("断.json", lambda: '[{"事项名称": "办'.encode(), "json", "不是合法的 JSON"),
    "deep json": ("深.json", lambda: b"[" * 200_000, "json", "JSON"),
    "json of numbers": ("数.json", lambda: b"[1, 2]", "json", "记录"),
    "open quote": ("引.csv", lambda: '事项名称,部门\n"办饭店,市监局\n'.encode(), "csv", "引号"),
    "no header": ("无.xlsx", lambda: workbook([[1, 2], [3, 4]], "Sheet1"), "no-header", "表头"),
    "broken sheet": ("坏.xlsx", lambda: part(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet><"), "broken-workbook", "结构"),
    "broken document": ("坏.docx", broken_document, "broken-document", "结构"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_chinese_in_bounded_memory(name: str) -> None:
    filename, make, rule, words = BAD[name]
    data = make()
    start = monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            preview(data, filename)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [i.rule for i in refused.value.issues][-1] == rule
    assert words in str(refused.value)
    assert peak < MEMORY
    assert monotonic() - start < SECONDS


def only(found: Preview) -> dict[str, Any]:
    bodies = [body for (kind, _), body in found.bodies.items() if kind == "item"]
    assert len(bodies) == 1
    return bodies[0]


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match="MB"):
        preview(io.BytesIO(bytes(limits().file_bytes + 10)), "大.csv")


def test_gbk_is_accepted_and_said() -> None:
    found = preview("事项名称,实施部门\n办饭店,市监局\n".encode("gbk"), "国.csv")
    assert only(found)["name"] == "办饭店"
    assert found.encoding == "gbk"
    assert any(i.rule == "encoding" and "GBK" in i.message for i in found.issues.kept)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (HEADER, ["办饭店", "市监局", "年满18岁"]))
    assert only(preview(text.encode(encoding), "表.csv"))["conditions"] == [{"text": "年满18岁"}]


def test_merged_cells_stand_for_each_of_their_rows() -> None:
    rows = [
        ["市里的事项清单", None, None],
        HEADER,
        ["办饭店", "市监局", "甲"],
        ["办酒店", None, "乙"],
        ["办网吧", None, "丙"],
    ]
    found = preview(workbook(rows, merged=["A1:C1", "B3:B5"]), "合.xlsx")
    departments = {b["department"] for (kind, _), b in found.bodies.items() if kind == "item"}
    assert len(departments) == 1
    assert next(b for (kind, _), b in found.bodies.items() if kind == "city")["departments"][0]["name"] == "市监局"
    assert any(i.rule == "above-header" and "市里的事项清单" in i.message for i in found.issues.kept)


def test_a_header_that_is_shifted_down_and_right_is_found() -> None:
    rows = [
        [],
        ["填表说明：带*的必填"],
        [None, None, "*事项名称（必填）", "实施部门", "受理条件"],
        [None, None, "办饭店", "市监局", "甲"],
    ]
    found = preview(workbook(rows), "移.xlsx")
    assert found.tables[0].header_row == 3
    assert only(found)["conditions"] == [{"text": "甲"}]


def test_a_formula_without_a_result_is_an_error_with_its_place() -> None:
    found = preview(formula(), "式.xlsx")
    assert not found.importable
    issue = next(i for i in found.issues.kept if i.rule == "formula")
    assert (issue.row, issue.column) == (2, "B")
    assert "没有存它的结果" in issue.message


def test_codes_that_became_numbers_and_error_values_are_told() -> None:
    found = preview(
        workbook([["事项名称", "实施编码"], ["办饭店", 1.1440000006939757e30], ["办酒店", "#REF!"]]), "数.xlsx"
    )
    assert {(i.rule, i.row, i.column) for i in found.issues.kept} >= {("long-number", 2, "B"), ("error-value", 3, "B")}
    assert not found.importable


def test_a_hidden_sheet_is_said() -> None:
    book = Workbook()
    for name, state in (("事项", "visible"), ("旧事项", "hidden")):
        sheet = book.create_sheet(name)
        sheet.append(HEADER)
        sheet.append([f"{name}甲", "市监局", "甲"])
        sheet.sheet_state = state
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    found = preview(out.getvalue(), "藏.xlsx")
    assert only(found)["name"] == "事项甲"
    assert any(i.rule == "hidden-sheet" for i in found.issues.kept)


def test_every_bundled_limit_is_a_positive_number() -> None:
    assert all(value > 0 for value in limits().model_dump().values())

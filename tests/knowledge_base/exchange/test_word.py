"""Guides and questions as offices write them in Word."""

import io
from typing import Any

from docx import Document

from knowledge_base.exchange import preview


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_guide_under_headings_with_a_table_of_materials() -> None:
    document = Document()
    document.add_heading("办饭店的许可", level=1)
    document.add_paragraph("实施部门：市监局")
    document.add_paragraph("一、受理条件")
    document.add_paragraph("（一）有固定场所")
    document.add_paragraph("（二）有健康证")
    document.add_paragraph("二、申请材料")
    table = document.add_table(rows=0, cols=3)
    for row in (("序号", "材料名称", "份数"), ("1", "营业执照", "1份"), ("2", "健康证明", "")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("三、承诺时限")
    document.add_paragraph("10个工作日")
    found = preview(saved(document), "指南.docx")
    assert found.importable, found.issues.kept
    item = next(body for (kind, _), body in found.bodies.items() if kind == "item")
    names = {id_: body["name"] for (kind, id_), body in found.bodies.items() if kind == "material"}
    assert item["name"] == "办饭店的许可"
    assert [c["text"] for c in item["conditions"]] == ["（一）有固定场所", "（二）有健康证"]
    assert [names[m["material"]] for m in item["materials"]] == ["营业执照", "健康证明"]
    assert item["limits"] == [{"kind": "promised", "number": 10.0, "unit": "working_days"}]
    assert any("1份" in note for note in item["notes"])


def test_forms_of_labels_and_values_one_after_the_other() -> None:
    document = Document()
    for name in ("办饭店", "办酒店"):
        table = document.add_table(rows=0, cols=4)
        for row in (("事项名称", name, "实施部门", "市监局"), ("法定时限", "20个工作日", "收费标准", "不收费")):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    found = preview(saved(document), "表.docx")
    items = [body for (kind, _), body in found.bodies.items() if kind == "item"]
    assert [(i["name"], i["fee"], i["limits"][0]["number"]) for i in items] == [
        ("办饭店", {"charged": False}, 20.0),
        ("办酒店", {"charged": False}, 20.0),
    ]


def test_questions_and_answers() -> None:
    document = Document()
    for text in ("问：身份证丢了怎么补？", "答：带户口簿去派出所。", "当天受理。", "问：要多久？", "答：十天。"):
        document.add_paragraph(text)
    found = preview(saved(document), "问答.docx")
    faqs = [body for (kind, _), body in found.bodies.items() if kind == "faq"]
    assert [(f["question"], f["answer"]) for f in faqs] == [
        ("身份证丢了怎么补？", "带户口簿去派出所。\n当天受理。"),
        ("要多久？", "十天。"),
    ]
    assert any(i.rule == "missing-phrasings" for i in found.issues.kept)

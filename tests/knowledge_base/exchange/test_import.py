"""A messy corpus like those that portals export: everything comes in, every defect is told, twice is once."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge_base.__main__ import main
from knowledge_base.exchange import Mapping, Refused, apply, preview
from knowledge_base.exchange import folder as folder_module
from knowledge_base.exchange.applying import defects_of
from knowledge_base.loader import load_city
from knowledge_base.store import Conflict, State, Store, Version
from knowledge_base.store.served import city_from, seed

from .conftest import workbook


def guide(number: int, **changes: Any) -> dict[str, Any]:
    """A guide in the shape of a province's open data, with its usual gaps."""
    code = f"1144000000693975{number:02d}K2440101{number:03d}000"
    return {
        "TASK_CODE": code[:31] if number % 7 else code[:31] + "01",
        "TASK_NAME": f"第{number}类场所经营许可" if number % 5 else "场所经营许可",
        "parentCatalogName": "场所经营许可",
        "subTaskName": None,
        "DEPT_NAME": f"海东省{'文化' if number % 2 else '公安'}厅",
        "AREA_CODE_TEXT": "海东省" if number % 3 else "海东省海州市",
        "AREACODE": "990000" if number % 3 else "990100",
        "TASK_TYPE_TEXT": "行政许可" if number % 2 else "公共服务",
        "matter_level": "省级",
        "visit_number": str(number % 3),
        "handle_location": "无线下办理窗口" if number % 2 else f"办理地点：海州市中山路{number}号",
        "handle_time": "无" if number % 4 == 0 else "30(工作日)",
        "handle_time_limit": "10(自然日)",
        "accept_standard": "无" if number % 2 else f"（一）有{number}名员工\n（二）有{number}间房",
        "consult_phone": "微博：无。电子邮箱：无" if number % 6 == 0 else "020-12345",
        "material_intro": "无" if number % 3 else ["居民身份证", "其他材料", f"第{number}号申请表"],
        "service_object_name": ["自然人", "企业法人"],
        "theme_category": ["其他"],
        "ONLINECHECK": "1",
        "URL": None if number % 2 else "http//坏网址",
        "神秘字段": f"值{number}",
    } | changes


def corpus(number: int = 40) -> bytes:
    return "\n".join(json.dumps(guide(i), ensure_ascii=False) for i in range(1, number + 1)).encode()


def test_a_messy_corpus_becomes_a_city_of_its_own(tmp_path: Path) -> None:
    found = preview(corpus(), "指南.jsonl", target=tmp_path / "city")
    assert found.importable
    assert not (tmp_path / "city").exists()
    done = apply(found, tmp_path / "city", "编辑", "试")
    city = load_city(tmp_path / "city")
    assert len(city.items) == 40
    assert [r.name for r in city.info.regions] == ["海东省", "海东省海州市"]
    assert {d.name for d in city.info.departments} == {"海东省文化厅", "海东省公安厅"}
    item = city.items[guide(3)["TASK_CODE"].lower()]
    assert [c.text for c in item.conditions] == []
    assert [city.materials[m.material].name for m in item.materials] == ["居民身份证", "其他材料", "第3号申请表"]
    assert {(x.kind, x.number, x.unit) for x in item.limits} == {
        ("statutory", 30, "working_days"),
        ("promised", 10, "days"),
    }
    assert item.implementations["990100"].code == guide(3)["TASK_CODE"]
    longer = city.items[guide(7)["TASK_CODE"].lower()]
    assert (len(longer.handling_items[0].code), len(longer.implementations["990000"].code)) == (33, 31)
    assert all(f"神秘字段：值{i}" in city.items[guide(i)["TASK_CODE"].lower()].notes for i in range(1, 41))
    junk = city.items[guide(6)["TASK_CODE"].lower()].implementations["990100"]
    assert (junk.phones, junk.note) == ((), "咨询方式：微博：无。电子邮箱：无")
    rules = {d["rule"]: d["count"] for d in done.defects}
    assert rules["basis-missing"] == 40
    assert rules["catch-all"] == 1
    assert {"phone-format", "url-format", "name-twice", "implementation-code", "licence-steps"} <= set(rules)
    report = json.loads((tmp_path / "city/import/report.json").read_text(encoding="utf-8"))
    assert (report["who"], report["why"], report["rows"]) == ("编辑", "试", 40)
    raw = [json.loads(line) for line in (tmp_path / "city/import/rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [r["cells"]["TASK_CODE"] for r in raw] == [guide(i)["TASK_CODE"] for i in range(1, 41)]


def test_dry_run_and_writing_find_the_same_defects(tmp_path: Path) -> None:
    found = preview(corpus(12), "指南.jsonl", target=tmp_path / "city")
    dry = {d["rule"]: d["count"] for d in defects_of(found)}
    assert dry == {d["rule"]: d["count"] for d in apply(found, tmp_path / "city", "编辑", "试").defects}


def test_the_same_file_again_changes_nothing_and_a_change_is_only_itself(tmp_path: Path) -> None:
    target = tmp_path / "city"
    apply(preview(corpus(), "指南.jsonl", target=target), target, "编辑", "试")
    files = {f: f.read_bytes() for f in target.rglob("*") if f.is_file()}
    again = preview(corpus(), "指南.jsonl", target=target)
    assert again.counts["created"] == again.counts["updated"] == 0
    assert apply(again, target, "编辑", "试").written == 0
    assert {f: f.read_bytes() for f in target.rglob("*") if f.is_file()} == files
    changed = json.dumps(guide(1, handle_time="20(工作日)"), ensure_ascii=False).encode()
    third = preview(changed, "改.jsonl", target=target)
    assert third.counts["updated"] == 1
    fields = next(c for c in third.changes if c.action == "updated").fields
    assert [(f.before, f.after) for f in fields] == [(30.0, 20.0)]
    apply(third, target, "编辑", "试")
    city = load_city(target)
    assert len(city.items) == 40
    assert city.items[guide(1)["TASK_CODE"].lower()].limits[-1].number in (10, 20)


def test_an_edited_row_leaves_comments_and_neighbours_of_its_file(tmp_path: Path, few: Path) -> None:
    file = few / "materials/common.yaml"
    text = file.read_text(encoding="utf-8")
    city = load_city(few)
    first, second = list(city.materials.values())[:2]
    file.write_text("# 头上的注释\n" + text + "\n# 末尾的注释\n", encoding="utf-8")
    rows = [["编号", "材料名称", "填报须知"], [second.id, second.name, "写清楚"]]
    apply(preview(workbook(rows, "材料"), "材料.xlsx", target=few), few, "编辑", "补")
    after = file.read_text(encoding="utf-8")
    assert after.startswith("# 头上的注释\n")
    assert after.endswith("# 末尾的注释\n")
    found = load_city(few).materials
    assert found[second.id].filling_notes == "写清楚"
    assert found[first.id] == first
    assert len(found) == len(city.materials)


def test_a_sheet_of_explanations_beside_the_table_is_kept_in_the_report() -> None:
    both = Workbook()
    both.create_sheet("事项").append(["事项名称", "实施部门"])
    both["事项"].append(["办饭店", "市监局"])
    both.create_sheet("填表说明").append(["请如实填写，有问题打电话"])
    del both["Sheet"]
    out = io.BytesIO()
    both.save(out)
    found = preview(out.getvalue(), "两张.xlsx")
    assert found.importable
    assert any(i.rule == "no-header" and i.table == "填表说明" for i in found.issues.kept)
    assert found.raw[-1]["cells"] == ("请如实填写，有问题打电话",)


def test_errors_name_row_and_column_and_nothing_is_written(tmp_path: Path) -> None:
    rows = [
        ["编号", "事项名称", "实施部门"],
        ["a", "办饭店", "市监局"],
        ["b", None, "市监局"],
        ["a", "办酒店", "市监局"],
    ]
    found = preview(workbook(rows), "错.xlsx", target=tmp_path / "city")
    assert {(i.rule, i.row, i.column) for i in found.issues.kept if i.severity == "error"} == {
        ("missing-name", 3, "事项名称"),
        ("duplicate", 4, ""),
    }
    with pytest.raises(Refused, match="2 处错误"):
        apply(found, tmp_path / "city", "编辑", "试")
    assert not list(tmp_path.iterdir())


def test_the_mapping_is_guessed_saved_and_used_again() -> None:
    rows = [["办啥事", "实施主体名称", "申请条件说明", "内部代号"], ["办饭店", "市监局", "满18岁", "X1"]]
    with pytest.raises(Refused):
        preview(workbook(rows, "Sheet1"), "无.xlsx", kind="place")
    guess = preview(workbook([["事项名称", *rows[0][1:]], rows[1]]), "表.xlsx")
    how = {c.header: (c.field, c.how) for c in guess.tables[0].columns}
    assert how["事项名称"] == ("name", "同义词")
    assert how["实施主体名称"] == ("department", "相似")
    assert how["内部代号"] == ("note:内部代号", "未识别")
    saved = guess.mapping.to_yaml().replace("事项名称: name", "办啥事: name").replace("note:内部代号", "raw")
    used = preview(workbook(rows), "表.xlsx", mapping=Mapping.from_yaml(saved))
    body = next(b for (kind, _), b in used.bodies.items() if kind == "item")
    assert (body["name"], body.get("notes")) == ("办饭店", None)
    assert used.raw[0]["cells"]["内部代号"] == "X1"
    with pytest.raises(Refused, match="不是字段"):
        Mapping.from_yaml(saved.replace(": raw", ": nonsense"))


def test_into_the_database_as_drafts_and_published(store: Store) -> None:
    found = preview(corpus(8), "指南.jsonl", target=store)
    apply(found, store, "编辑", "建库", publish=True)
    assert len(city_from(store, Path("x")).items) == 8
    assert preview(corpus(8), "指南.jsonl", target=store).bodies == {}
    changed = preview(json.dumps(guide(2, visit_number="1"), ensure_ascii=False).encode(), "改.jsonl", target=store)
    done = apply(changed, store, "编辑", "改")
    assert [store.version(i).state for i in done.drafts] == [State.DRAFT] * len(changed.bodies)
    assert city_from(store, Path("x")).items[guide(2)["TASK_CODE"].lower()].visits[0].number == 2
    assert (
        preview(json.dumps(guide(2, visit_number="1"), ensure_ascii=False).encode(), "改.jsonl", target=store).bodies
        == {}
    )
    with pytest.raises(Refused, match="重新预览"):
        apply(changed, store, "编辑", "改")


def test_publishing_into_content_refuses_new_errors(store: Store) -> None:
    apply(preview(corpus(4), "指南.jsonl", target=store), store, "编辑", "建库", publish=True)
    rows = [["事项名称", "实施部门", "事项类型"], ["全新的许可", "市新局", "行政许可"]]
    found = preview(workbook(rows), "新.xlsx", target=store)
    revision = store.revision()
    with pytest.raises(Refused, match="licence-steps"):
        apply(found, store, "编辑", "试", publish=True)
    assert store.revision() == revision


def test_drafts_are_saved_all_or_none(store: Store) -> None:
    apply(preview(corpus(3), "指南.jsonl", target=store), store, "编辑", "建库", publish=True)
    with Session(store.engine) as session:
        before = session.scalar(select(func.count()).select_from(Version))
    bodies = [(v.kind, v.body, v.id) for v in store.served() if v.kind == "item"]
    stale = [*bodies[:-1], (*bodies[-1][:2], None)]
    with pytest.raises(Conflict):
        store.save_all(stale, "编辑", "试")
    with Session(store.engine) as session:
        assert session.scalar(select(func.count()).select_from(Version)) == before


def test_a_target_changed_since_the_preview_is_not_written(tmp_path: Path) -> None:
    target = tmp_path / "city"
    apply(preview(corpus(3), "指南.jsonl", target=target), target, "编辑", "试")
    late = preview(corpus(4), "指南.jsonl", target=target)
    apply(preview(corpus(5), "指南.jsonl", target=target), target, "别人", "试")
    with pytest.raises(Refused, match="重新预览"):
        apply(late, target, "编辑", "试")
    assert len(load_city(target).items) == 5


def test_a_failure_while_writing_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "city"
    apply(preview(corpus(3), "指南.jsonl", target=target), target, "编辑", "试")
    target.rename(folder_module._before(target))
    folder_module.recover(target)
    assert len(load_city(target).items) == 3
    found = preview(corpus(6), "指南.jsonl", target=target)
    found.bodies["item", "broken"] = {"id": "broken", "department": "x"}
    with pytest.raises(Exception, match="缺少必填字段"):
        apply(found, target, "编辑", "试")
    assert len(load_city(target).items) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["city"]


def test_the_command_previews_then_writes_and_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, target = tmp_path / "指南.jsonl", tmp_path / "city"
    file.write_bytes(corpus(6))
    command = ["import", str(file), "--into", str(target), "--mapping", str(tmp_path / "m.yaml"), "--json"]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "TASK_NAME" in shown
    assert "没有写入" in shown
    assert not target.exists()
    assert json.loads(shown.splitlines()[-1])["created"] > 6
    assert main([*command, "--apply"]) == 0
    assert len(load_city(target).items) == 6
    capsys.readouterr()
    assert main(["export", str(tmp_path / "出.xlsx"), "--city", str(target)]) == 0
    assert main(["import", str(tmp_path / "出.xlsx"), "--into", str(target), "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["created"], last["updated"]) == (0, 0)
    assert main(["import", str(tmp_path / "没有.xlsx"), "--into", str(target)]) == 2
    (tmp_path / "空.csv").write_bytes(b"")
    assert main(["import", str(tmp_path / "空.csv"), "--into", str(target)]) == 1


def test_an_items_name_with_a_comma_in_it_is_one_name(store: Store) -> None:
    """As the bundled 「居民身份证申领、换领、补领」; two names in one cell are still two."""
    city = load_city()
    seed(store, city)
    asked = [
        "码头能停车吗？",
        "停船那能放车不\n码头停车场\n海边停车",
        "能，停在划线的车位里，涨潮以前把车开走，别压着缆绳。",
    ]
    plain = [item for item in city.items.values() if "、" not in item.name][:2]
    whole, two = city.items["resident-id-card"].name, "、".join(item.name for item in plain)
    for cell, ids in ((whole, ["resident-id-card"]), (two, [item.id for item in plain])):
        found = preview(workbook([["问题", "问法", "回答", "相关事项"], [*asked, cell]]), "问答.xlsx", target=store)
        (body,) = [b for (kind, _), b in found.bodies.items() if kind == "faq"]
        assert body["items"] == ids

"""A file of a maintainer's, from guessed columns to one reviewed batch; and what the linter says, in the list and at the fields."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.knowledge_base.exchange.conftest import workbook

from .axe import violations
from .conftest import Enter
from .maintainers import EDITOR, REVIEWER, save
from .screen import DESK, PHONE, Screen

READ_MS = 60_000
PATH = "/maintain/import"
HEADER = ["问题", "别的问法", "回答", "相关事项", "依据", "备用"]
QUESTION, SECOND = "渔港码头能停房车吗？", "海边几点涨潮好赶海？"
SAID = "房车停海边行不行\n开房车去码头\n码头过夜让不让\n海边露营车放哪\n停车场能睡车里吗"
ANSWER = "码头上的停车场只停小车，房车要停到路边划线的大车位。夜里有潮水，别停在斜坡上，停之前先问管理员，免得挡了渔船卸货的路。"
SAID_TOO = "退大潮是几点\n初几去挖蛤蜊好\n啥时候下海捡螺\n潮汐表上哪看\n今天能不能去泥滩"
ANSWER_TOO = (
    "潮水每天晚四十多分钟，初一、十五前后退得最远。去之前看当天的潮汐表，涨潮前一个小时一定要往回走，别追着退水走太深。"
)
ITEM, LAW = "居民身份证申领、换领、补领", "《中华人民共和国居民身份证法》第七条"
GOOD = [
    [QUESTION, SAID, ANSWER, ITEM, LAW, "内部"],
    [SECOND, SAID_TOO, ANSWER_TOO, ITEM, LAW, ""],
]
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def choose(page: Page, rows: list[list[str]], name: str = "热线问答.xlsx") -> None:
    """Picks the file and waits for its preview."""
    file: FilePayload = {"name": name, "mimeType": MIME, "buffer": workbook([HEADER, *rows], "热线")}
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="预览", exact=True).click()
    expect(page.get_by_label("列对应", exact=True)).to_be_visible(timeout=READ_MS)


def test_an_error_is_told_by_row_and_nothing_can_be_applied(enter: Enter, screenshots: Path) -> None:
    page = enter(EDITOR, PATH)
    choose(page, [*GOOD, ["", SAID, ANSWER, "", "", ""]])
    columns = page.get_by_label("列对应", exact=True)
    for header, how, field in (
        ("问题", "同义词", "问题（必有）"),
        ("别的问法", "相似", "问法"),
        ("备用", "未识别", "放进备注"),
    ):
        row = columns.get_by_role("row").filter(has=page.get_by_label(f"{header}对应到"))
        expect(row).to_contain_text(how)
        expect(row.locator("option:checked")).to_have_text(field)
    expect(columns).to_contain_text("有错误，不能导入")
    problems = page.get_by_label("文件里的问题", exact=True)
    expect(problems).to_contain_text("第 4 行 「问题」列")
    expect(problems).to_contain_text("没有写「问题」")
    expect(page.get_by_label("会变的内容", exact=True)).to_contain_text("新增 2")
    expect(page.get_by_label("确认导入")).to_have_count(0)
    page.screenshot(path=screenshots / "maintain-import-desk.png", full_page=True)


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=lambda s: s.name)
def test_axe_finds_nothing_in_a_preview(enter: Enter, screen: Screen, screenshots: Path) -> None:
    page = enter(EDITOR, PATH, screen)
    choose(page, [*GOOD, ["", SAID, ANSWER, "", "", ""]])
    page.eval_on_selector_all("details", "folds => folds.forEach(fold => { fold.open = true })")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.screenshot(path=screenshots / f"maintain-import-open-{screen.name}.png", full_page=True)


def test_columns_chosen_by_hand_are_kept_under_a_name(enter: Enter) -> None:
    page = enter(EDITOR, PATH)
    choose(page, GOOD)
    page.get_by_label("备用对应到").select_option(label="不导入，只留在报告里")
    expect(page.get_by_text("改了列对应，要再预览一次才算数")).to_be_visible()
    expect(page.get_by_role("button", name="存成 2 条草稿")).to_be_disabled()
    page.get_by_label("列对应存成").fill("热线的表")
    page.get_by_role("button", name="存下来，照这样再预览").click()
    expect(page.get_by_label("用存过的列对应")).to_have_value("热线的表", timeout=READ_MS)
    expect(page.get_by_label("备用对应到").locator("option:checked")).to_have_text(
        "不导入，只留在报告里", timeout=READ_MS
    )


def test_a_file_is_imported_reviewed_as_one_batch_and_the_second_run_changes_nothing(
    enter: Enter, screenshots: Path
) -> None:
    page = enter(EDITOR, PATH)
    choose(page, GOOD)
    changes = page.get_by_label("会变的内容", exact=True)
    expect(changes).to_contain_text(QUESTION)
    expect(changes).to_contain_text("新增 2，修改 0")
    page.get_by_label("这次导入的理由").fill("热线整理的两条，演练")
    page.get_by_role("button", name="存成 2 条草稿").click()
    expect(page.get_by_label("导入好了")).to_contain_text("存好了 2 条草稿", timeout=READ_MS)

    choose(page, GOOD)
    expect(page.get_by_label("列对应", exact=True)).to_contain_text("新增 0，修改 0")
    expect(page.get_by_label("确认导入")).to_have_count(0)

    own = enter(EDITOR, "/maintain/queue")
    own.get_by_role("link", name="热线问答.xlsx：2 条一起审").click()
    expect(own.get_by_text("等审核员来看")).to_be_visible(timeout=READ_MS)

    review = enter(REVIEWER, "/maintain/queue")
    review.get_by_role("link", name="热线问答.xlsx：2 条一起审").click()
    batch = review.get_by_label("这一批", exact=True)
    expect(batch).to_contain_text("没有错误", timeout=READ_MS)
    batch.locator("details > summary").first.click()
    expect(batch).to_contain_text("码头上的停车场")
    assert violations(review) == []
    review.screenshot(path=screenshots / "maintain-batch-desk.png")
    review.get_by_label("审核意见").fill("两条都看过")
    review.get_by_role("button", name="这 2 条审核通过").click()
    expect(review.get_by_text("审核通过，可以发布了")).to_be_visible(timeout=READ_MS)
    review.get_by_role("button", name="这 2 条现在发布").click()
    expect(review.get_by_text("已发布，线上马上生效")).to_be_visible(timeout=READ_MS)
    found = enter(REVIEWER, f"/maintain/records?q={SECOND.rstrip('？')}")
    expect(found.get_by_role("row").filter(has_text=SECOND)).to_contain_text("已发布")
    found.get_by_role("link", name=SECOND).click()
    found.get_by_role("tab", name="历史").click()
    versions = found.locator("#left-panel table").first
    expect(versions).to_contain_text("热线整理的两条，演练")
    expect(versions).to_contain_text(f"{REVIEWER}审：两条都看过")


def test_the_list_is_narrowed_to_what_the_linter_says(enter: Enter, screenshots: Path) -> None:
    page = enter(EDITOR, "/maintain/records?kind=item")
    rows = page.locator("tbody tr")
    page.get_by_label("检查结果").select_option(label="有提示的")
    page.wait_for_url("**severity=notice*")
    rule = page.get_by_label("哪条规则")
    rule.select_option("unsourced")
    page.wait_for_url("**rule=unsourced*")
    expect(page.get_by_role("status").filter(has_text="共 ")).to_be_visible()
    expect(rows.first).to_contain_text("提示")
    told = rule.locator("option:checked").inner_text()
    counted = int(told.rsplit("（", 1)[1].rstrip("）"))
    assert page.get_by_role("status").filter(has_text="共 ").inner_text() == f"共 {counted} 条"
    page.screenshot(path=screenshots / "maintain-list-desk.png")
    page.get_by_label("检查结果").select_option(label="有错误的")
    expect(page.get_by_text("没有符合的内容")).to_be_visible()


def test_a_draft_with_a_mistake_is_told_in_the_list_and_at_its_field_until_it_is_mended(
    enter: Enter, screenshots: Path
) -> None:
    record = "/maintain/records/faq/faq-marriage-age"
    page = enter(EDITOR, record)
    phrasing = page.locator("#field-phrasings-1")
    before = phrasing.input_value()
    phrasing.fill(page.locator("#field-phrasings-0").input_value())
    save(page, "写重了，演练", "保存草稿")
    expect(page.get_by_text("草稿", exact=True)).to_be_visible()
    page.reload()
    at_field = page.locator("#field-phrasings-1-problems")
    expect(at_field).to_contain_text("问法")
    expect(page.locator("#right-panel")).to_contain_text("存着的这一版")
    expect(page.locator("#right-panel")).to_contain_text("1 处错误")
    phrasing.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "maintain-lint-desk.png")

    listed = enter(EDITOR, "/maintain/records?kind=faq&severity=error")
    row = listed.get_by_role("row").filter(has_text="faq-marriage-age")
    expect(row).to_contain_text("错误 1")
    expect(row).to_contain_text("草稿")
    listed.screenshot(path=screenshots / "maintain-list-error-desk.png")

    page.locator("#field-phrasings-1").fill(before)
    save(page, "改回来，演练", "保存草稿")
    expect(at_field).to_have_count(0)
    listed.reload()
    expect(listed.get_by_text("没有符合的内容")).to_be_visible()

"""Maintainers in the browser: an edit from draft to what people are told; nothing typed is lost; every page clean for axe."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from scripts.running import Product

from .axe import violations
from .chatting import press, say
from .conftest import Enter, Open
from .maintainers import ADMINISTRATOR, EDITOR, PASSWORD, REVIEWER, SECOND, save, sign_in
from .screen import DESK, PHONE, Screen

ITEM = "resident-id-card"
RECORD = f"/maintain/records/item/{ITEM}"
CHECK_MS = 30_000
SERVED_SECONDS = 2.0


def fee(product: Product) -> str:
    asked = {"target": ITEM, "facts": {"id_card_matter": "lost", "is_minor": False}}
    found: str = httpx.post(f"{product.base}/v1/navigate", json=asked).json()["outcome"]["fee"]["text"]
    return found


def change_fee(page: Page, amount: str) -> None:
    """Opens the fee line of lost and damaged cards and writes another amount."""
    line = page.locator("details#field-fee-lines-1")
    if line.get_attribute("open") is None:
        line.locator("> summary").click()
    page.locator("#field-fee-lines-1-amount").fill(amount)


def test_an_edit_goes_from_draft_to_a_changed_answer(
    enter: Enter, opened: Open, product: Product, screenshots: Path
) -> None:
    chat = opened("/chat", DESK)
    say(chat, "身份证丢了想补办")
    press(chat, "已满16周岁")
    assert "40元" in say(chat, "要多少钱").inner_text()

    page = enter(EDITOR, RECORD)
    change_fee(page, "41")
    page.get_by_role("button", name="检查", exact=True).click()
    check = page.locator("#right-panel .check")
    expect(check).to_be_visible(timeout=CHECK_MS)
    expect(check.get_by_label("字段的变化")).to_contain_text("收费项 2 › 金额")
    outcomes = check.get_by_label("结果的变化")
    expect(outcomes).to_contain_text("补领")
    expect(outcomes).to_contain_text("41元")
    expect(outcomes).to_contain_text("损坏、刷不出来", timeout=CHECK_MS)
    page.evaluate("scrollTo(0, 0)")
    page.locator("#field-fee-lines-1-amount").scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "maintain-editor-desk.png")
    save(page, "工本费调整，演练", "保存并提交审核")
    expect(page.get_by_text("待审核", exact=True)).to_be_visible()
    assert "40元" in fee(product), "a draft changes nothing for applicants"

    page = enter(REVIEWER, "/maintain/queue")
    page.screenshot(path=screenshots / "maintain-queue-desk.png")
    page.get_by_role("row").filter(has_text="工本费调整，演练").get_by_role("link").click()
    expect(page.get_by_label("结果的变化")).to_contain_text("41元", timeout=CHECK_MS)
    page.screenshot(path=screenshots / "maintain-review-desk.png", full_page=True)
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("审核通过，可以发布了")).to_be_visible(timeout=CHECK_MS)
    with page.expect_response("**/v1/maintain/publish") as answered:
        page.get_by_role("button", name="现在发布").click()
    assert answered.value.status == 200
    published = time.monotonic()
    assert "41元" in fee(product)
    assert time.monotonic() - published < SERVED_SECONDS
    assert "41元" in say(chat, "现在要多少钱").inner_text()

    page = enter(REVIEWER, f"{RECORD}?tab=history")
    earlier = page.get_by_role("row").filter(has_text="旧版").filter(has_text="随程序提供").first
    earlier.get_by_role("button", name="回退到这一版").click()
    page.get_by_label("为什么回退").fill("演练结束")
    page.screenshot(path=screenshots / "maintain-history-desk.png")
    page.get_by_role("button", name=re.compile("确认回退")).click()
    expect(page.get_by_text("已回退到第")).to_be_visible(timeout=CHECK_MS)
    assert "40元" in fee(product)
    assert "40元" in say(chat, "多少钱来着").inner_text()


def test_the_second_of_two_editors_is_told_shown_both_and_loses_nothing(enter: Enter, screenshots: Path) -> None:
    path = "/maintain/records/faq/faq-death-first-step"
    first, second = enter(EDITOR, path), enter(SECOND, path)
    answer = first.locator("#field-answer").input_value()
    first.locator("#field-answer").fill(answer + "先写的一句。")
    save(first, "补一句", "保存草稿")
    expect(first.get_by_text("草稿", exact=True)).to_be_visible()

    second.locator("#field-answer").fill(answer + "后写的一句。")
    second.locator("#field-phrasings-0").fill("后写的人换了一种问法")
    save(second, "我也补一句", "保存草稿")
    conflict = second.get_by_label("两个人同时改了这条")
    expect(conflict).to_contain_text(EDITOR)
    expect(conflict).to_contain_text("先写的一句。")
    expect(conflict).to_contain_text("后写的一句。")
    assert violations(second) == []
    second.screenshot(path=screenshots / "maintain-conflict-desk.png")
    conflict.get_by_role("group", name="回答").get_by_label(f"用{EDITOR}的").check()
    conflict.get_by_role("button", name="按选择合并").click()
    expect(second.locator("#field-answer")).to_have_value(answer + "先写的一句。")
    expect(second.locator("#field-phrasings-0")).to_have_value("后写的人换了一种问法")
    save(second, "合并两人的修改", "保存草稿")
    expect(second.get_by_text("合并两人的修改")).to_be_visible()


def test_what_was_typed_outlives_the_page_and_the_sign_in(enter: Enter) -> None:
    page = enter(EDITOR, "/maintain/records/material/resident-id-card-paper")
    page.locator("#field-name").fill("打到一半的名称")
    page.wait_for_timeout(600)
    page.context.clear_cookies()
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.get_by_text("登录已过期")).to_be_visible()
    sign_in(page, EDITOR)
    expect(page.get_by_text("登录已过期")).to_be_hidden()
    expect(page.locator("#field-name")).to_have_value("打到一半的名称")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("恢复了您上次没保存的修改")).to_be_visible()
    expect(page.locator("#field-name")).to_have_value("打到一半的名称")
    page.get_by_role("button", name="丢掉，回到已保存的").click()
    expect(page.locator("#field-name")).not_to_have_value("打到一半的名称")


def test_a_problem_stands_at_its_field(enter: Enter) -> None:
    page = enter(EDITOR, RECORD)
    page.locator("#field-summary").fill("")
    page.get_by_role("button", name="检查", exact=True).click()
    panel = page.locator("#right-panel")
    expect(panel).to_contain_text("1 处错误", timeout=CHECK_MS)
    expect(page.locator("#field-summary-problems")).to_be_visible()
    page.locator("#field-name").focus()
    panel.get_by_role("button", name="到「一句话说明」").click()
    expect(page.locator("#field-summary")).to_be_focused()


def test_the_graph_and_the_try_out_follow_what_is_typed(enter: Enter, screenshots: Path) -> None:
    page = enter(EDITOR, f"{RECORD}?side=try")
    nodes = page.locator(".graph .node")
    expect(nodes.first).to_be_visible(timeout=CHECK_MS)
    before = nodes.count()
    assert before > 3
    page.locator(".panel .options").get_by_role("button", name="丢了").click()
    expect(page.locator(".graph .node.here")).to_have_count(1)
    page.screenshot(path=screenshots / "maintain-graph-desk.png")
    page.locator(".graph .node.handle").first.click()
    expect(page.locator("#right-panel .outcome").first).to_be_visible()
    page.get_by_role("button", name="删掉要问的问题 2").click()
    page.get_by_role("button", name="按现在的内容重算").click()
    expect(nodes).not_to_have_count(before, timeout=CHECK_MS)
    page.get_by_role("button", name="上移").first.wait_for()


def test_districts_stand_side_by_side(enter: Enter, screenshots: Path) -> None:
    page = enter(EDITOR, f"{RECORD}?side=districts")
    differs = page.get_by_label("各地不同", exact=True)
    expect(differs).to_contain_text("8 个地方", timeout=CHECK_MS)
    row = differs.get_by_role("row").filter(has=page.get_by_role("rowheader", name="盖州市"))
    expect(row).to_contain_text("盖州市户籍派出所")
    expect(page.get_by_label("各地一样", exact=True)).to_contain_text("证件工本费：40元/证")
    change_fee(page, "41")
    page.get_by_role("button", name="按现在的内容重算").click()
    expect(page.get_by_label("各地一样", exact=True)).to_contain_text("证件工本费：41元/证", timeout=CHECK_MS)
    page.screenshot(path=screenshots / "maintain-districts-desk.png")
    phone = enter(EDITOR, f"{RECORD}?side=districts", PHONE)
    phone.get_by_label("各地不同", exact=True).scroll_into_view_if_needed()
    phone.screenshot(path=screenshots / "maintain-districts-phone.png")


def test_the_hit_test_is_the_applicants_search(enter: Enter, product: Product, screenshots: Path) -> None:
    page = enter(EDITOR, "/maintain/records/faq/faq-death-first-step?side=hits")
    said = page.locator("#right-panel input").input_value()
    with page.expect_response("**/v1/search?*") as answered:
        page.get_by_role("button", name="试搜").click()
    search = page.context.new_page()
    with search.expect_response("**/v1/search?*") as applicants:
        search.goto(f"{product.base}/search?q={said}")
    assert answered.value.request.url == applicants.value.request.url
    ours, theirs = answered.value.json(), applicants.value.json()
    assert [(h["id"], h["score"], h["why"]) for h in ours["hits"]] == [
        (h["id"], h["score"], h["why"]) for h in theirs["hits"]
    ]
    shown = page.locator("#right-panel .hit h2").all_inner_texts()
    assert shown == search.locator(".hit h2").all_inner_texts()
    expect(page.locator("#right-panel")).to_contain_text("这条排第 1")
    page.screenshot(path=screenshots / "maintain-hits-desk.png")


def test_roles_see_what_they_may(enter: Enter, opened: Open) -> None:
    page = enter(EDITOR, "/maintain/records")
    expect(page.get_by_role("link", name="用户", exact=True)).to_have_count(0)
    page.goto(page.evaluate("location.origin") + "/maintain/users")
    expect(page.get_by_role("alert").first).to_contain_text("您的角色不能做这个操作")
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(re.compile("/maintain/sign-in$"))
    wrong = opened("/maintain/records", expected="Failed to load resource")
    sign_in(wrong, EDITOR, "not-the-password")
    expect(wrong.get_by_role("alert")).to_contain_text("用户名或密码不对")


def test_an_administrator_makes_and_disables_a_user(enter: Enter) -> None:
    page = enter(ADMINISTRATOR, "/maintain/users")
    page.get_by_label("用户名").fill("新来的")
    page.get_by_label("初始密码").fill(PASSWORD)
    page.get_by_role("button", name="添加", exact=True).click()
    row = page.get_by_role("row").filter(has_text="新来的")
    expect(row).to_contain_text("在用")
    row.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")


PAGES = [
    "/maintain/records?kind=item",
    RECORD,
    f"{RECORD}?side=try",
    f"{RECORD}?side=districts",
    f"{RECORD}?tab=history",
    "/maintain/records/bundle/open-restaurant?side=try",
    "/maintain/records/faq/faq-death-first-step?side=hits",
    "/maintain/records/place/place-center-zhanqian?tab=raw",
    "/maintain/records/fact/id_card_matter",
    "/maintain/records/city/yingkou",
    "/maintain/new/policy",
    "/maintain/queue",
    "/maintain/users",
]


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=lambda s: s.name)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(enter: Enter, opened: Open, screen: Screen) -> None:
    door = opened("/maintain/sign-in", screen, expected="Failed to load resource")
    assert violations(door) == []
    page = enter(ADMINISTRATOR, "/maintain/records", screen)
    base = page.evaluate("location.origin")
    for path in PAGES:
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        for fold in page.locator("details:not([open]) > summary").all()[:6]:
            if fold.is_visible():
                fold.click()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_a_record_is_edited_by_keyboard(enter: Enter) -> None:
    page = enter(EDITOR, "/maintain/records/material/resident-id-card-paper")
    tabs = page.get_by_role("tablist", name="编辑方式")
    tabs.get_by_role("tab", name="表单").focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.get_by_role("tab", name="原文")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "field-name"
    page.keyboard.press("End")
    page.keyboard.type("（改）")
    expect(page.get_by_text("有没保存的修改")).to_be_visible()

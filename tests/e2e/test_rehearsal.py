"""An online application rehearsed in a real browser: a mistake on the way, fields that appear, a list to print; nothing stays."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Request, expect

from .axe import violations
from .chatting import say
from .conftest import Enter, Open
from .maintainers import EDITOR
from .screen import DESK, ELDER, PHONE

RENT = "/rehearsals/rehearse-fund-rent"
CHECK_MS = 30_000


def box(page: Page, label: str) -> Locator:
    return page.locator(".field").filter(has=page.locator(".label", has_text=label))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def fill_with_examples(page: Page) -> None:
    press(page, "用示例填这一屏")
    page.wait_for_load_state("networkidle")


def at_screen(page: Page, number: int, title: str) -> None:
    heading = page.get_by_role("heading", level=2, name=re.compile(f"第 {number} 屏，共 4 屏.*{title}"))
    expect(heading).to_be_focused()
    expect(page.get_by_text("这只是演练，不会提交")).to_be_in_viewport()
    assert violations(page) == []


def test_a_whole_application_with_a_mistake_on_the_way(opened: Open) -> None:
    page = opened(RENT, PHONE)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method != "GET" else None)
    press(page, "开始演练")
    at_screen(page, 1, "核对本人和公积金账户")

    box(page, "身份证号").get_by_role("textbox").fill("990000198503070016")
    box(page, "姓名").get_by_role("textbox").fill("张三")
    press(page, "下一步")
    expect(page.get_by_role("alert")).to_contain_text("有 2 处要改")
    number = page.get_by_role("textbox", name="身份证号")
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(box(page, "身份证号")).to_contain_text("最后一位对不上")
    assert violations(page) == []

    number.fill("990000198503070015")
    number.press("Tab")
    expect(box(page, "身份证号")).not_to_contain_text("最后一位对不上")
    fill_with_examples(page)
    press(page, "下一步")
    at_screen(page, 2, "租房情况")

    box(page, "哪个区").get_by_text("鲅鱼圈区").click()
    expect(box(page, "配偶姓名")).to_have_count(0)
    box(page, "已婚").get_by_text("是", exact=True).click()
    expect(box(page, "配偶姓名")).to_be_visible()
    fill_with_examples(page)
    page.go_back()
    at_screen(page, 1, "核对本人和公积金账户")
    expect(number).to_have_value("990000198503070015")
    press(page, "下一步")
    at_screen(page, 2, "租房情况")
    press(page, "下一步")
    at_screen(page, 3, "收款的银行卡")
    box(page, "开户银行").get_by_text("建设银行").click()
    fill_with_examples(page)
    press(page, "下一步")
    at_screen(page, 4, "核对后提交")
    fill_with_examples(page)
    page.get_by_role("checkbox").check()
    press(page, "走完了，看清单")

    expect(page.get_by_role("heading", name="演练走完了")).to_be_focused()
    ready = page.locator("section", has_text="先备好这些")
    expect(ready).to_contain_text("结婚证")
    expect(page.locator("section", has_text="这次填错过")).to_contain_text("身份证号")
    expect(page.locator("section", has_text="真正去申请")).to_contain_text("辽事通")
    assert "990000198503070015" not in page.locator("main").inner_text()
    assert violations(page) == []

    assert {r.url.split("/v1/")[1] for r in sent} == {"rehearsals/rehearse-fund-rent/check"}
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    assert "990000198503070015" not in kept
    assert "张三" not in json.loads(kept)[0].values()


def test_the_keyboard_alone_is_enough_in_elder_mode(opened: Open) -> None:
    page = opened(RENT, ELDER)
    page.get_by_role("button", name="开始演练").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="用示例填这一屏")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="姓名")).to_have_value("张三")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="租房情况")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.get_by_role("button", name="下一步").press("Enter")
    expect(page.get_by_role("radio", name="站前区")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_guide_and_the_list_lead_to_it(opened: Open) -> None:
    page = opened("/items/housing-fund-withdrawal?fund_purpose=rent", DESK)
    page.get_by_role("link", name="演练：手机上提取公积金付房租").click()
    expect(page.get_by_role("button", name="开始演练")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="演练", exact=True).click()
    expect(page.get_by_role("heading", level=2, name="手机上提取公积金付房租")).to_be_visible()
    assert violations(page) == []


def test_the_assistant_offers_it_for_the_matter_at_hand(opened: Open) -> None:
    page = opened("/chat", PHONE)
    say(page, "租房提取公积金")
    expect(page.locator(".guide-card").last).to_be_visible()
    say(page, "网上申报不会弄")
    link = page.locator(".reply").last.get_by_role("link", name="演练：手机上提取公积金付房租")
    expect(link).to_be_visible()
    assert violations(page) == []
    link.click()
    expect(page.get_by_role("button", name="开始演练")).to_be_visible()


def test_a_reload_begins_anew(opened: Open) -> None:
    page = opened(f"{RENT}?screen=rental")
    expect(page.get_by_role("button", name="开始演练")).to_be_visible()
    expect(page).not_to_have_url(f"{RENT}?screen=rental")


def test_a_maintainer_edits_it_like_any_record(enter: Enter, screenshots: Path) -> None:
    page = enter(EDITOR, "/maintain/records?kind=rehearsal&q=公积金")
    page.get_by_role("link", name="手机上提取公积金付房租").click()
    hint = page.locator("#field-screens-1-fields-4-hint")
    page.get_by_role("button", name="检查", exact=True).click()
    panel = page.locator("#right-panel")
    expect(panel).to_contain_text("没有错误", timeout=CHECK_MS)
    for fold in ("#field-screens-1", "#field-screens-1-fields-4"):
        page.locator(f"details{fold} > summary").click()
    condition = page.locator("#field-screens-1-fields-4-when")
    expect(condition).to_contain_text("是不是已婚")
    expect(condition.get_by_label("是", exact=True)).to_be_checked()
    page.screenshot(path=screenshots / "maintain-rehearsal-desk.png", full_page=True)
    assert violations(page) == []
    hint.fill("请如实填写配偶姓名")
    page.get_by_role("button", name="检查", exact=True).click()
    expect(panel).to_contain_text("提示没有比名称多说什么", timeout=CHECK_MS)
    expect(page.locator("#field-screens-1-fields-4-hint-problems")).to_be_visible()

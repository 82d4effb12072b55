"""The conversation that the first state of the product is judged by, in the browser, at both sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .chatting import chips, press, say
from .conftest import Open
from .screen import DESK, PHONE, Screen


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=lambda s: s.name)
def test_own_words_lead_to_the_exact_list(opened: Open, screenshots: Path, screen: Screen) -> None:
    page = opened("/", screen)
    page.get_by_label("说说您要办什么事").fill("我想在站前区开个小饭馆，要办啥")
    page.get_by_role("button", name="问助手").click()
    first = page.locator(".exchange").first
    expect(first.locator(".reply")).to_contain_text("开餐饮店一件事", timeout=15_000)
    expect(first.get_by_role("button", name="个体工商户").first).to_be_visible()
    page.screenshot(path=screenshots / f"chat-question-{screen.name}.png")

    say(page, "个体的")
    size = say(page, "六十来平")
    assert "多少平方米" not in size.inner_text(), "what was said is not asked again"
    done = press(page, "不雇人")
    card = done.locator(".guide-card")
    expect(card).to_be_visible()
    page.wait_for_timeout(400)
    page.screenshot(path=screenshots / f"chat-card-{screen.name}.png")
    for part in (
        "个体工商户",
        "60平方米",
        "站前区",
        "按这个顺序办",
        "要带的材料",
        "去哪里办",
        "多久办完",
        "要跑几趟",
        "收不收费",
    ):
        expect(card).to_contain_text(part)
    boxes = card.get_by_role("checkbox")
    assert boxes.count() >= 5, "a list to tick off"
    assert card.locator(".line .why").filter(has_text="").count() >= 5, "each with its reason"
    expect(card.get_by_text("必须提交").first).to_be_visible()
    assert chips(page) == ["站前区", "个体工商户", "60平方米", "不雇人"]

    assert "收费" in say(page, "那要多少钱").inner_text()
    assert "站前区政务服务中心" in say(page, "去哪办").inner_text()
    assert "工作日" in say(page, "要几天").inner_text()
    assert "身份证" in say(page, "身份证要原件吗").inner_text()

    moved = say(page, "换成鲅鱼圈")
    expect(moved.locator(".guide-card")).to_contain_text("鲅鱼圈区")
    assert set(chips(page)) == {"鲅鱼圈区", "个体工商户", "60平方米", "不雇人"}

    corrected = say(page, "我说错了，是公司")
    expect(corrected.locator(".guide-card")).to_contain_text("公司（企业）")
    assert set(chips(page)) == {"鲅鱼圈区", "公司（企业）", "60平方米", "不雇人"}

    page.get_by_role("button", name="重新开始").first.click()
    expect(page.locator(".exchange")).to_have_count(0)
    assert not chips(page)


def test_a_chip_changes_one_answer_and_keeps_the_others(opened: Open) -> None:
    page = opened("/chat")
    say(page, "我想在站前区开个小饭馆")
    say(page, "个体的")
    page.get_by_role("button", name="经营主体类型").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("其他回答不变")
    sheet.get_by_role("button", name="公司").click()
    expect(page.get_by_role("list", name="您的情况，可以改")).to_contain_text("公司（企业）")
    assert "站前区" in chips(page)

    page.get_by_role("button", name="所在县").click()
    page.get_by_role("dialog").get_by_role("button", name="老边区").click()
    expect(page.get_by_role("list", name="您的情况，可以改")).to_contain_text("老边区")
    assert "公司（企业）" in chips(page)


def test_a_reload_continues(opened: Open) -> None:
    page = opened("/chat")
    say(page, "我想在站前区开个小饭馆")
    say(page, "个体的")
    before = page.locator(".exchange").all_inner_texts()
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    assert page.locator(".exchange").all_inner_texts() == before
    assert "个体工商户" in chips(page)
    press(page, "店面300平方米及以下，不雇人")
    expect(page.locator(".exchange")).to_have_count(3)


def test_what_is_ticked_stays_ticked(opened: Open) -> None:
    page = opened("/items/resident-id-card?id_card_matter=lost&is_minor=false&region=210802")
    box = page.get_by_role("checkbox").first
    box.check()
    expect(page.get_by_text("已备齐 1 /")).to_be_visible()
    page.reload()
    expect(page.get_by_role("checkbox").first).to_be_checked()


@pytest.mark.parametrize(("text", "number"), [("家里着火了", "119"), ("不想活了", "12356")])
def test_danger_is_answered_with_a_number_to_press(opened: Open, text: str, number: str) -> None:
    page = opened("/chat")
    reply = say(page, text)
    expect(reply.get_by_role("link", name=f"拨打 {number}")).to_have_attribute("href", f"tel:{number}")


def test_markup_that_is_typed_stays_text(opened: Open) -> None:
    page = opened("/chat")
    say(page, "<img src=x onerror=alert(1)> 办身份证")
    expect(page.locator(".exchange").first).to_contain_text("<img src=x")
    assert page.locator(".exchange img").count() == 0


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=lambda s: s.name)
def test_another_spelling_is_asked_about(opened: Open, screenshots: Path, screen: Screen) -> None:
    page = opened("/chat", screen)
    asked = say(page, "执业证的审请")
    expect(asked.get_by_role("button", name="您是不是要找「执业证的申请」")).to_be_visible()
    page.screenshot(path=screenshots / f"chat-meant-{screen.name}.png")
    press(page, "您是不是要找")
    expect(page.locator(".exchange").nth(1)).to_contain_text("执业证的申请")

"""Maintainers on the search itself, in the browser: an editor pins a result, and applicants have it within two seconds."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from scripts.running import Product

from .axe import violations
from .conftest import Enter, Open
from .maintainers import ADMINISTRATOR, EDITOR, REVIEWER, save
from .screen import DESK, PHONE, Screen

QUERY = "孩子丢了身份证怎么补"
PINNED = "household-register-reissue"
EFFECT_MS = 20_000
SERVED_SECONDS = 2.0


def first_hit(product: Product, q: str = QUERY) -> str:
    found: str = httpx.get(f"{product.base}/v1/search", params={"q": q}).json()["hits"][0]["id"]
    return found


def write(page: Page, query: str, pinned: str) -> None:
    page.locator("#field-queries-0").fill(query)
    page.get_by_role("button", name=re.compile("^加一条置顶")).click()
    page.locator("#field-pinned-0").fill(pinned)


def shown_to_an_applicant(opened: Open, title: str) -> Page:
    search = opened(f"/search?q={QUERY}", DESK)
    expect(search.locator(".hit h2").first).to_have_text(title)
    return search


def test_an_editor_pins_a_result_and_applicants_have_it(
    enter: Enter, opened: Open, product: Product, screenshots: Path
) -> None:
    title = httpx.get(f"{product.base}/v1/items/{PINNED}").json()["title"]
    assert first_hit(product) != PINNED
    page = enter(EDITOR, "/maintain/curations")
    page.get_by_role("link", name="新建置顶和不显示").click()
    write(page, QUERY, PINNED)
    after = page.get_by_label("改后的结果").locator("li")
    expect(after.first).to_contain_text(title, timeout=EFFECT_MS)
    expect(after.first).to_contain_text("置顶")
    expect(page.get_by_label("现在的结果").locator("li").first).not_to_contain_text(title)
    page.screenshot(path=screenshots / "curation-editor-desk.png")
    assert violations(page) == []
    save(page, "演练：常有人问这句", "保存并提交审核")
    expect(page.get_by_text("待审核", exact=True)).to_be_visible()
    assert first_hit(product) != PINNED, "a draft changes nothing for applicants"
    expect(page.get_by_role("button", name="直接发布")).to_have_count(0)

    page = enter(REVIEWER, "/maintain/queue")
    page.get_by_role("row").filter(has_text="演练：常有人问这句").get_by_role("link").click()
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("审核通过，可以发布了")).to_be_visible(timeout=EFFECT_MS)
    started = time.monotonic()
    page.get_by_role("button", name="现在发布").click()
    while first_hit(product) != PINNED:
        assert time.monotonic() - started < SERVED_SECONDS
    print(f"\npinned result served {time.monotonic() - started:.2f} s after the click")
    search = shown_to_an_applicant(opened, title)
    search.locator(".hit summary").first.click()
    expect(search.locator(".hit").first).to_contain_text("工作人员把它放在了前面")


def test_a_reviewer_mends_at_once_and_the_hit_test_is_what_is_served(
    enter: Enter, opened: Open, product: Product, screenshots: Path
) -> None:
    title = httpx.get(f"{product.base}/v1/items/marriage-registration").json()["title"]
    page = enter(REVIEWER, "/maintain/new/synonym")
    page.locator("#field-said-0").fill("紫金葫芦")
    page.get_by_role("button", name=re.compile("^加一条意思")).click()
    page.locator("#field-official-0").fill("结婚登记")
    expect(page.get_by_label("会碰到哪些内容")).to_contain_text("结婚登记", timeout=EFFECT_MS)
    expect(page.get_by_label("改后的结果").locator("li").first).to_contain_text(title, timeout=EFFECT_MS)
    with page.expect_response("**/v1/maintain/curations/try") as answered:
        page.get_by_role("button", name="试搜").click()
    tried = answered.value.json()["after"]
    page.screenshot(path=screenshots / "synonym-editor-desk.png", full_page=True)
    page.get_by_label("这次改动的理由").fill("演练：急改")
    started = time.monotonic()
    page.get_by_role("button", name="直接发布").click()
    while first_hit(product, "紫金葫芦") != "marriage-registration":
        assert time.monotonic() - started < SERVED_SECONDS
    served = httpx.get(f"{product.base}/v1/search", params={"q": "紫金葫芦"}).json()
    for result in (tried, served):
        result.pop("took_ms")
    assert tried == served
    expect(page.get_by_text("已发布", exact=True).first).to_be_visible()
    page.get_by_role("tab", name="历史").click()
    expect(page.locator("#left-panel")).to_contain_text("直接发布")


def test_what_is_wrong_is_told_at_its_field(enter: Enter) -> None:
    page = enter(REVIEWER, "/maintain/new/curation")
    write(page, "灯塔在哪儿", "no-such-record")
    page.get_by_label("这次改动的理由").fill("试试")
    page.get_by_role("button", name="直接发布").click()
    expect(page.get_by_role("alert").first).to_contain_text("no-such-record", timeout=EFFECT_MS)
    page.get_by_role("button", name="检查", exact=True).click()
    page.get_by_role("tab", name="检查").click()
    expect(page.locator("#right-panel")).to_contain_text("1 处错误", timeout=EFFECT_MS)
    expect(page.locator("#field-pinned-0-problems")).to_contain_text("no-such-record")


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=lambda s: s.name)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(enter: Enter, screen: Screen, screenshots: Path) -> None:
    page = enter(ADMINISTRATOR, "/maintain/curations?q=证", screen)
    base = page.evaluate("location.origin")
    for name, path in (
        ("list", "/maintain/curations?q=证"),
        ("curation", "/maintain/new/curation"),
        ("synonym", "/maintain/new/synonym"),
        ("denial", "/maintain/new/denial"),
    ):
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=screenshots / f"curations-{name}-{screen.name}.png", full_page=True)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path

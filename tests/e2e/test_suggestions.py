"""Suggestions in the search box: before anything is typed, and while typing."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from .axe import violations
from .conftest import Open
from .screen import PHONE


def test_what_is_used_is_offered_before_typing_and_gives_way(opened: Open) -> None:
    page = opened("/search", PHONE)
    box = page.get_by_role("combobox", name="搜索要办的事")
    options = page.get_by_role("option")
    box.focus()
    expect(options).to_have_count(8)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    box.fill("结婚登")
    expect(options.first).to_contain_text("结婚登记")
    box.fill("博彩网")
    expect(options.first).to_be_hidden()
    box.fill("")
    expect(options).to_have_count(8)
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_district_that_was_chosen_once_is_preferred_afterwards(opened: Open, screenshots: Path) -> None:
    page = opened("/items/marriage-registration", PHONE)
    page.get_by_label("在哪个区办").select_option(label="鲅鱼圈区")
    expect(page).to_have_url(re.compile("region=210804"))
    page.get_by_role("banner").get_by_role("link").first.click()
    with page.expect_request(lambda r: "/v1/suggest" in r.url and "near=210804" in r.url):
        page.goto(page.url.split("/items")[0].rstrip("/") + "/search")
        page.get_by_role("combobox", name="搜索要办的事").fill("民政局婚姻登记处")
    expect(page.get_by_role("option").first).to_contain_text("鲅鱼圈区")
    page.screenshot(path=screenshots / "suggest-near-phone.png")
    with page.expect_request(lambda r: "/v1/search" in r.url and "near=210804" in r.url):
        page.keyboard.press("Enter")
    expect(page.locator(".hits > li").first).to_contain_text("鲅鱼圈区")
    # it is preferred, not kept to
    expect(page.locator(".hits")).to_contain_text("盖州市")
    page.screenshot(path=screenshots / "search-near-phone.png")

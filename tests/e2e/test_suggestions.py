"""Suggestions in the search box: before anything is typed, and while typing."""

from __future__ import annotations

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

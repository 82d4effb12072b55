"""Everything by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import Open
from .screen import DESK

RING = """() => {
  const ring = getComputedStyle(document.activeElement)
  const field = document.activeElement.closest('.field, .ask')
  const around = field ? getComputedStyle(field) : ring
  return [ring, around].some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)
}"""


def tab_to(page: Page, name: str, most: int = 40) -> None:
    """Tabs until the element with that visible or hidden name has the focus; each stop on the way must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(RING), "focus is visible: " + str(page.evaluate("document.activeElement.outerHTML"))[:200]
        said = str(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''")
        )
        if name in said:
            return
    raise AssertionError(f"「{name}」 cannot be reached with Tab")


def test_search_without_a_pointer(opened: Open) -> None:
    page = opened("/search", DESK)
    tab_to(page, "搜索要办的事")
    page.keyboard.type("身份证")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert active
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    expect(page.locator(".hit").first).to_be_visible()

    tab_to(page, "事项")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="事项", pressed=True)).to_be_visible()
    expect(page.locator(".hit .tag", has_not_text="事项")).to_have_count(0)
    tab_to(page, "居民身份证")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("居民身份证")
    assert page.evaluate("document.activeElement.id") == "main", "a new page takes the focus"


def test_a_suggestion_is_taken_by_keyboard(opened: Open) -> None:
    page = opened("/search")
    box = page.get_by_role("combobox")
    box.focus()
    page.keyboard.type("sfz")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("身份证")


def test_the_skip_link_comes_first(opened: Open) -> None:
    page = opened("/browse")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="跳到正文")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_settings_keep_the_focus_and_give_it_back(opened: Open) -> None:
    page = opened("/")
    opener = page.get_by_role("button", name="显示设置")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="显示设置")
    expect(dialog).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("Boolean(document.activeElement.closest('[role=dialog]'))")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_question_is_answered_by_keyboard(opened: Open) -> None:
    page = opened("/items/resident-id-card")
    tab_to(page, "丢了")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_contain_text("丢了")

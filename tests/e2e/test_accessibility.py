"""axe on every page, and what axe cannot see: sizes, contrast of the elder mode, no sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .axe import violations
from .chatting import press, say
from .conftest import Open
from .screen import DARK, DESK, ELDER, ELDER_LARGEST, PHONE, SMALL, Screen

PAGES = [
    "/",
    "/chat",
    "/search",
    "/search?q=身份证",
    "/search?q=zzzzqqqq",
    "/browse",
    "/browse?by=department",
    "/items/food-licence",
    "/items/resident-id-card",
    "/bundles/open-restaurant",
    "/policies/measure-23",
    "/materials/resident-id-card-paper",
    "/places/place-center-zhanqian",
    "/faqs/faq-death-first-step",
    "/nowhere",
]
SCREENS = [PHONE, DESK, DARK, ELDER]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: s.name)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(opened: Open, path: str, screen: Screen) -> None:
    page = opened(path, screen, expected="404")
    assert violations(page) == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: s.name)
def test_axe_finds_nothing_in_a_conversation(opened: Open, screen: Screen) -> None:
    page = opened("/chat", screen)
    say(page, "我想在站前区开个小饭馆")
    press(page, "个体工商户")
    assert violations(page) == []
    page.get_by_role("button", name="经营主体类型").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(400)
    assert violations(page) == []
    page.keyboard.press("Escape")
    press(page, "300平方米及以下")
    press(page, "自己干")
    assert violations(page) == []


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=lambda s: s.name)
def test_axe_finds_nothing_in_the_settings(opened: Open, screen: Screen) -> None:
    page = opened("/", screen)
    page.get_by_role("button", name="显示设置").click()
    expect(page.get_by_role("dialog", name="显示设置")).to_be_visible()
    page.wait_for_timeout(400)
    assert violations(page) == []


def sideways(page: Page) -> int:
    """How far the page can be scrolled to the side, in CSS pixels."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("screen", [SMALL, ELDER_LARGEST], ids=lambda s: s.name)
@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways(opened: Open, path: str, screen: Screen) -> None:
    page = opened(path, screen, expected="404")
    assert sideways(page) <= 0


SMALL_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = []
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement
    if (!node.textContent.trim() || !parent.checkVisibility() || parent.closest('svg')) continue
    const size = parseFloat(getComputedStyle(parent).fontSize)
    const leading = parseFloat(getComputedStyle(parent).lineHeight) / size
    if (size < 18 || leading < 1.2) small.push(`${size}px/${leading} ${node.textContent.trim().slice(0, 20)}`)
  }
  return small
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll('button, .tabbar a, .solid-button, .quiet-button, select')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden'))
  .map(e => [e.getBoundingClientRect(), e.innerText || e.getAttribute('aria-label') || e.className])
  .filter(([box]) => box.width > 0 && (box.height < 59.5 || box.width < 59.5))
  .map(([box, name]) => `${Math.round(box.width)}×${Math.round(box.height)} ${name}`)"""


@pytest.mark.parametrize("path", PAGES)
def test_the_elder_mode_is_large(opened: Open, path: str) -> None:
    page = opened(path, ELDER, expected="404")
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_elder_mode_is_one_press_away_and_stays(opened: Open) -> None:
    page = opened("/")
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("body")).to_have_css("font-size", "20px")
    page.reload()
    expect(page.locator("body")).to_have_css("font-size", "20px")
    page.get_by_role("button", name="显示设置").click()
    page.get_by_role("dialog").get_by_label("最大", exact=True).check()
    expect(page.locator("body")).to_have_css("font-size", "30px")


def test_the_language_is_said(opened: Open) -> None:
    page = opened("/")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"

"""axe on every page, and what axe cannot see: sizes, contrast of the elder mode, no sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .axe import violations
from .chatting import press, say
from .conftest import Open
from .screen import DARK, DESK, ELDER, NARROWEST, PHONE, Screen

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


def wear(page: Page, *, theme: str = "light", elder: bool = False, size: int = 16) -> None:
    """What the settings do to the page, without loading it again."""
    page.evaluate(
        """([theme, elder, size]) => {
          Object.assign(document.documentElement.dataset, {theme, elder: String(elder)})
          document.documentElement.style.fontSize = `${size}px`
        }""",
        [theme, elder, size],
    )


def sideways(page: Page) -> int:
    """How far the page can be scrolled to the side, in CSS pixels."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_phone(opened: Open, path: str) -> None:
    page = opened(path, PHONE, expected="404")
    assert violations(page) == []
    wear(page, theme="dark")
    assert violations(page) == [], "dark"

    wear(page, elder=True, size=20)
    assert violations(page) == [], "elder mode"
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []

    wear(page, elder=True, size=30)
    assert sideways(page) <= 0, "the largest text scrolls sideways"
    wear(page)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert sideways(page) <= 0, "a narrow phone scrolls sideways"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_desk(opened: Open, path: str) -> None:
    page = opened(path, DESK, expected="404")
    assert violations(page) == []
    assert sideways(page) <= 0


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: s.name)
def test_a_conversation(opened: Open, screen: Screen) -> None:
    page = opened("/chat", screen)
    say(page, "我想在站前区开个小饭馆")
    assert violations(page) == [], "with a question that asks several things at once"
    say(page, "个体的")
    assert violations(page) == []
    page.get_by_role("button", name="经营主体类型").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(400)
    assert violations(page) == [], "with the sheet open"
    page.keyboard.press("Escape")
    press(page, "店面300平方米及以下，不雇人")
    assert violations(page) == [], "with the card"
    assert sideways(page) <= 0


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=lambda s: s.name)
def test_the_settings(opened: Open, screen: Screen) -> None:
    page = opened("/", screen)
    page.get_by_role("button", name="显示设置").click()
    expect(page.get_by_role("dialog", name="显示设置")).to_be_visible()
    page.wait_for_timeout(400)
    assert violations(page) == []


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

"""Search, the guide's questions in the link, print, and what the pages say when a part is missing."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.running import running_product

from .conftest import Open
from .screen import DESK, PHONE, Screen


def answer_all(page: Page) -> None:
    """Takes the first option of each question until none is left."""
    for _ in range(8):
        question = page.locator(".panel .question .text, .panel .done").first
        expect(question).to_be_visible()
        if page.locator(".panel .done").count():
            return
        asked = question.inner_text()
        page.locator(".panel .options button").first.click()
        expect(page.get_by_text(asked, exact=True)).to_have_count(0)
    raise AssertionError("more than eight questions")


def test_the_state_of_a_guide_is_its_link(opened: Open, screenshots: Path) -> None:
    page = opened("/items/resident-id-card", DESK)
    page.screenshot(path=screenshots / "guide-open-desk.png")
    page.get_by_role("button", name="丢了").click()
    expect(page.locator(".chips")).to_contain_text("丢了")
    page.get_by_label("在哪个区办").select_option(label="鲅鱼圈区")
    expect(page.get_by_label("在哪个区办")).to_have_value("210804")
    answer_all(page)
    expect(page.locator(".result > .head")).to_contain_text("鲅鱼圈区")
    assert page.locator(".places .name").count() == 1, "only that district's place"
    shared = page.url
    listed = page.locator(".line label").all_inner_texts()
    assert listed
    again = opened(shared.removeprefix(page.evaluate("location.origin")), PHONE)
    expect(again.locator(".line label").first).to_be_visible()
    assert again.locator(".line label").all_inner_texts() == listed
    again.locator(".chips button").first.click()
    expect(again.locator(".question")).to_be_visible()
    again.go_back()
    expect(again.locator(".line label").first).to_be_visible()


@pytest.mark.parametrize("path", ["/items/resident-id-card", "/items/food-licence", "/items/housing-fund-withdrawal"])
def test_a_guide_prints_on_one_sheet(opened: Open, path: str, tmp_path: Path) -> None:
    page = opened(path, DESK)
    answer_all(page)
    sheet = page.pdf(path=tmp_path / "guide.pdf", format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=lambda s: s.name)
def test_search_with_its_state_in_the_address(opened: Open, screenshots: Path, screen: Screen) -> None:
    page = opened("/search?q=身份证丢了", screen)
    expect(page.locator(".hit").first).to_contain_text("身份证")
    assert page.locator(".hit mark").count() > 0
    page.screenshot(path=screenshots / f"search-{screen.name}.png")
    page.get_by_text("为什么有这条").first.click()
    expect(page.locator(".hit details[open] li").first).to_be_visible()
    page.locator(".facets .kind button").first.click()
    expect(page).to_have_url(re.compile("kind="))
    page.go_back()
    expect(page).not_to_have_url(re.compile("kind="))


def test_nothing_found_says_what_next(opened: Open) -> None:
    page = opened("/search?q=zzzzqqqq")
    expect(page.locator(".nothing, .hit").first).to_be_visible()
    if page.locator(".nothing").count():
        expect(page.locator(".nothing")).to_contain_text("12345")


def test_an_unknown_page_and_an_unknown_guide_say_so(opened: Open) -> None:
    for path in ("/nowhere", "/items/no-such-item"):
        page = opened(path, expected="404")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有找到这个页面")
        expect(page.get_by_role("combobox")).to_be_visible()


def test_without_the_assistant_the_page_says_so_and_search_still_answers(
    opened: Open, tmp_path: Path, screenshots: Path
) -> None:
    with running_product(tmp_path, RASA_TIMEOUT_SECONDS="1") as own:
        hung = own.pids()["rasa"]
        os.kill(hung, signal.SIGSTOP)
        try:
            page = opened("/chat", base=own.base, expected="503")
            page.get_by_label("说说您要办的事").fill("我要办身份证")
            page.get_by_role("button", name="发送").click()
            alert = page.get_by_role("alert")
            expect(alert).to_contain_text("搜索", timeout=15_000)
            page.screenshot(path=screenshots / "chat-without-rasa-phone.png")
            expect(page.get_by_label("说说您要办的事")).to_have_value("我要办身份证")
            alert.get_by_role("link", name="先用搜索").click()
            expect(page.locator(".hit").first).to_contain_text("身份证")
            page.go_back()
            page.get_by_label("说说您要办的事").fill("我要办身份证")
            page.get_by_role("button", name="发送").click()
            expect(page.get_by_role("alert")).to_be_visible(timeout=15_000)
        finally:
            os.kill(hung, signal.SIGCONT)
        # The assistant is back: trying again sends what was kept, and takes it out of the box.
        for _ in range(10):
            page.get_by_role("button", name="再试一次").click()
            expect(page.locator(".exchange .reply").or_(page.get_by_role("alert")).first).to_be_visible(timeout=15_000)
            if page.locator(".exchange .reply").count():
                break
        expect(page.locator(".exchange").first).to_contain_text("身份证")
        expect(page.get_by_label("说说您要办的事")).to_have_value("")

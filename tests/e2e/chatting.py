"""Talking with the assistant as a person does: type or press, and wait for the answer."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

ANSWER_MS = 15_000


def say(page: Page, text: str) -> Locator:
    """Types, sends, waits; gives the newest exchange."""
    before = page.locator(".exchange").count()
    page.get_by_label("说说您要办的事").fill(text)
    page.get_by_role("button", name="发送").click()
    return answered(page, before)


def press(page: Page, label: str) -> Locator:
    """Presses an option of the newest answer."""
    before = page.locator(".exchange").count()
    options = page.locator(".exchange").last.get_by_role("list", name="可以直接选")
    options.get_by_role("button", name=re.compile(f"^{re.escape(label)}")).click()
    return answered(page, before)


def answered(page: Page, before: int) -> Locator:
    exchange = page.locator(".exchange").nth(before)
    expect(exchange.locator(".reply")).to_be_visible(timeout=ANSWER_MS)
    # What has been understood is read back after the answer.
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false", timeout=ANSWER_MS)
    return exchange


def chips(page: Page) -> list[str]:
    """What the assistant has understood, as the chips above the conversation say it."""
    return page.get_by_role("list", name="您的情况，可以改").locator(".answer").all_inner_texts()

"""A real browser at the real product: Debian's Chromium driven by Playwright, at a phone's and a desk's size."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from scripts.packages import chromium, ensure
from scripts.processes import ROOT, VAR
from scripts.running import Product

from .maintainers import PASSWORD, ROLES, sign_in
from .screen import DESK, PHONE, Screen

SCREENSHOTS = VAR / "screenshots"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Open = Callable[..., Page]
Enter = Callable[..., Page]


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    ensure()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chrome: Browser, product: Product) -> Iterator[Open]:
    """`opened("/chat", screen=DESK)` → a page of the product in a browser profile of its own.

    Anything that the page reports as an error fails the test, unless the test asked for it by `expected`.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str, screen: Screen = PHONE, base: str = product.base, expected: str = "\0") -> Page:
        context = chrome.new_context(
            viewport={"width": screen.width, "height": screen.height},
            locale="zh-CN",
            reduced_motion="reduce",
            color_scheme="dark" if screen.dark else "light",
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        contexts.append(context)
        if screen.preferences:
            context.add_init_script(f"localStorage.setItem('preferences', JSON.stringify({screen.preferences}))")
        page = context.new_page()

        def heard(message: ConsoleMessage) -> None:
            if message.type == "error" and expected not in message.text:
                complaints.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "the page reported errors:\n" + "\n".join(complaints)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


@pytest.fixture(scope="session")
def accounts(product: Product) -> None:
    """As an administrator makes them: with the command, in the product's own database."""
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{product.folder / 'product.sqlite'}"}
    for name, role in ROLES.items():
        command = [sys.executable, "-m", "search_api", "add-user", name, role]
        subprocess.run(command, cwd=ROOT, env=env, input=PASSWORD + "\n", text=True, check=True, timeout=60)


@pytest.fixture
def enter(opened: Open, accounts: None) -> Enter:
    """`enter(name, "/maintain/queue")` → that page, signed in. A browser reports the first 401 and each refusal as an error."""

    def open_page(name: str, path: str, screen: Screen = DESK) -> Page:
        page = opened(path, screen, expected="Failed to load resource")
        sign_in(page, name)
        expect(page).to_have_url(re.compile("^[^?]*" + re.escape(path.split("?")[0]) + r"(\?|$)"))
        page.wait_for_load_state("networkidle")
        return page

    return open_page

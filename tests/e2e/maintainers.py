"""Who keeps the knowledge true in the browser tests, and how they sign in and save."""

from __future__ import annotations

from playwright.sync_api import Page

PASSWORD = "nobody-else-knows"
EDITOR, SECOND, REVIEWER, ADMINISTRATOR = "编辑小李", "编辑小赵", "审核老王", "管理员"
ROLES = {EDITOR: "editor", SECOND: "editor", REVIEWER: "reviewer", ADMINISTRATOR: "administrator"}


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def save(page: Page, reason: str, button: str) -> None:
    page.get_by_label("这次改动的理由").fill(reason)
    page.get_by_role("button", name=button, exact=True).click()

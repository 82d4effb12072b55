"""Benefits in a real browser: one question at a time, the state in the link, answers that can be changed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .axe import violations
from .conftest import Open
from .screen import ELDER


def answer(page: Page, name: str) -> None:
    page.locator(".ask").get_by_role("button", name=name, exact=True).click()


def test_a_few_answers_show_what_one_is_entitled_to(opened: Open) -> None:
    page = opened("/benefits")
    assert violations(page) == []
    answer(page, "个人")
    page.get_by_label("填数字（周岁）").fill("82")
    answer(page, "确定")
    expect(page.locator(".chips")).to_contain_text("82周岁")
    answer(page, "没有上学的孩子")
    answer(page, "都不是")
    answer(page, "低保家庭")
    entitled = page.locator(".group", has_text="您能享受的")
    card = entitled.locator(".benefit", has_text="高龄津贴")
    card.locator("summary").click()
    expect(card).to_contain_text("老年人权益保障法》第三十三条第二款")
    assert violations(page) == []

    page.reload()
    expect(page.locator(".chips")).to_contain_text("低保家庭")
    page.locator(".chips button", has_text="年龄").click()
    page.get_by_label("填数字（周岁）").fill("61")
    answer(page, "确定")
    expect(page.locator(".chips")).to_contain_text("61周岁")
    expect(entitled.locator(".benefit", has_text="高龄津贴")).to_have_count(0)


def test_yes_no_questions_are_ticked_on_one_screen(opened: Open) -> None:
    known = "audience=person&person_age=40&child_school=none&family_status=other&service_kind=none&home_deal=none"
    rest = "no_own_home=false&pays_income_tax=false&job_status=hired&talent_kind=none&disability_card=none&one_child_family=none"
    page = opened(f"/benefits?{known}&{rest}", ELDER)
    page.get_by_label("家里是否有3周岁以下的孩子？").check()
    assert violations(page) == []
    page.get_by_role("button", name="勾了1项，下一步").click()
    expect(page.locator(".group", has_text="您能享受的")).to_contain_text("育儿补贴")


def test_a_policy_tells_who_is_entitled(opened: Open) -> None:
    page = opened("/policies/benefit-wheelchair-fuel")
    expect(page.get_by_role("heading", name="谁能享受")).to_be_visible()
    expect(page.get_by_text("每年260元（每辆车）")).to_be_visible()
    assert violations(page) == []

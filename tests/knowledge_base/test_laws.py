"""Citations against laws.yaml: numerals, versions, what a text names, and that each fact is a possible one."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base import in_force
from knowledge_base.city import City
from knowledge_base.lint import lint_city
from knowledge_base.lint.laws import called, laws
from knowledge_base.lint.numerals import number_of
from knowledge_base.problems import Problem

RULES = ("source-repealed", "source-outdated", "article-number")
CODE_IN_FORCE = date(2026, 8, 15)


def told(city: City, today: date | None = None) -> list[Problem]:
    return [p for p in lint_city(city, today) if p.rule in RULES]


NUMERALS = {
    "七": 7,
    "十": 10,
    "十二": 12,
    "二十": 20,
    "一百": 100,
    "一百零八": 108,
    "二百二十四": 224,
    "一千零七十七": 1077,
    "一千一百二十七": 1127,
    "一千二百四十二": 1242,
    "46": 46,
    "两": 2,
}


@pytest.mark.parametrize(("said", "number"), NUMERALS.items())
def test_numerals(said: str, number: int) -> None:
    assert number_of(said) == number


def test_the_content_cites_what_is_in_force(city: City) -> None:
    assert told(city, max(in_force.today(), CODE_IN_FORCE)) == []


def test_an_article_beyond_the_last_one_and_one_without_a_number(city: City) -> None:
    faq = city.faqs["faq-eia-need"]
    for article, message in (("第一千二百四十三条", "一共 1242 条"), ("九十五", "要写成「第几条」")):
        basis = (faq.basis[0].model_copy(update={"article": article}),)
        broken = replace(city, faqs={**city.faqs, faq.id: faq.model_copy(update={"basis": basis})})
        (problem,) = told(broken, CODE_IN_FORCE)
        assert problem.rule == "article-number"
        assert message in problem.message


def test_a_law_that_a_text_names_is_repealed_from_its_day_on(city: City) -> None:
    faq = city.faqs["faq-eia-need"]
    named = faq.model_copy(update={"answer": faq.answer + "见《中华人民共和国环境影响评价法》。"})
    mentions = replace(city, faqs={**city.faqs, faq.id: named})
    (problem,) = told(mentions, CODE_IN_FORCE)
    assert (problem.rule, "生态环境法典" in problem.message) == ("source-repealed", True)
    assert told(mentions, date(2026, 8, 14)) == []


def test_no_law_is_both_in_force_and_repealed_and_successors_are_no_ghosts(city: City) -> None:
    known = laws()
    assert not set(known.in_force) & set(known.repealed)
    assert all(law.articles > 0 for law in known.in_force.values())
    cited = {called(source.title) for source in city.sources.values()}
    assert cited & set(known.in_force), "the file must bear on the content"
    assert all(title == called(title) for title in (*known.in_force, *known.repealed))

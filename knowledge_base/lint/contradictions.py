"""What a text says of money, days, visits and phones, against what the guides say.

A clause contradicts when none of the FAQ's items allows it. A number that stands anywhere in an item's own text is
allowed.
"""

import re
from collections.abc import Iterator

from ..schema import Faq, FeeLine, Limit, ServiceItem, Visits
from .codes_phones import city_phones
from .context import Context, Finding, Findings, nested
from .items import working_days_of
from .numerals import number_of
from .texts import texts_of

_NUMBER = r"(\d+(?:\.\d+)?|[一二两三四五六七八九十]+)"
_CLAUSE = re.compile(r"[。；！？，,;\n]")
_MONEY = re.compile(_NUMBER + r"\s*(?:块|元)")
_DAYS = re.compile(r"(?<![月\d])" + _NUMBER + r"\s*个?(工作日|自然日|小时|天|日|(?<=个)月)")
_TRIPS = re.compile(r"(?:跑|去|来|到现场|到窗口|到场)\s*" + _NUMBER + r"\s*(?:趟|次|回)")
_PHONE = re.compile(
    r"(?<![\d.])(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|400-?\d{3}-?\d{4}|12\d{3}|9[56]\d{3,4})(?![\d.]*[\d元块万人个年平])"
)
_UNITS = {"工作日": "working_days", "自然日": "days", "天": "days", "日": "days", "小时": "hours", "月": "months"}


def _clauses(text: str, words: tuple[str, ...]) -> Iterator[str]:
    yield from (clause for clause in _CLAUSE.split(text) if any(word in clause for word in words))


def _linked(context: Context) -> Iterator[tuple[str, Faq, list[ServiceItem]]]:
    for key, faq in context.city.faqs.items():
        items = [context.city.items[name] for name in faq.items if name in context.city.items]
        if items:
            yield key, faq, items


def _parts(items: list[ServiceItem], kind: type) -> list[object]:
    return [part for item in items for _, part in nested(item) if isinstance(part, kind)]


def _written(items: list[ServiceItem]) -> str:
    return "\n".join(text for item in items for _, text in texts_of(item))


def faq_fee(context: Context) -> Findings:
    words = context.limits
    for key, faq, items in _linked(context):
        fees = [d.fee for item in items for d in (item, *item.handling_items) if d.fee]
        amounts = {float(p.amount) for p in _parts(items, FeeLine) if isinstance(p, FeeLine) and p.amount is not None}
        written = {number_of(m) for m in _MONEY.findall(_written(items))}
        for clause in _clauses(faq.answer, words.fee_words):
            for said in _MONEY.findall(clause):
                if number_of(said) not in amounts | written:
                    text = f"「{clause}」：{said} 元和事项里的收费对不上，请改成和指南一致"
                    yield Finding("faqs", key, ("answer",), text)
        charged = bool(fees) and all(fee.charged for fee in fees)
        always = charged and all(not line.when for fee in fees for line in fee.lines)
        for clause in _clauses(faq.answer, words.free_words):
            if always:
                yield Finding("faqs", key, ("answer",), f"「{clause}」：指南写的是收费，请核对")


def faq_limit(context: Context) -> Findings:
    words = context.limits
    bound = context.city.info.immediate_within_working_days
    for key, faq, items in _linked(context):
        limits = [p for p in _parts(items, Limit) if isinstance(p, Limit)]
        if not limits:
            continue
        allowed: set[tuple[float, str]] = {(limit.number, limit.unit) for limit in limits}
        allowed |= {(number_of(n), _UNITS[u]) for n, u in _DAYS.findall(_written(items))}
        for clause in _clauses(faq.answer, words.limit_words):
            for said, unit in _DAYS.findall(clause):
                if (number_of(said), _UNITS[unit]) not in allowed:
                    text = f"「{clause}」：{said}{unit}和事项里的时限对不上，请改成和指南一致"
                    yield Finding("faqs", key, ("answer",), text)
        quick = any(working_days_of(context, limit) <= bound for limit in limits)
        for clause in _clauses(faq.answer, words.at_once_words):
            if not quick:
                yield Finding("faqs", key, ("answer",), f"「{clause}」：指南里没有当场办结的时限，请核对")


def faq_visits(context: Context) -> Findings:
    for key, faq, items in _linked(context):
        numbers = {p.number for p in _parts(items, Visits) if isinstance(p, Visits)}
        if not numbers:
            continue
        for clause in _CLAUSE.split(faq.answer):
            for said in _TRIPS.findall(clause):
                if number_of(said) not in numbers:
                    text = f"「{clause}」：{said} 趟和事项里的到现场次数对不上，请改成和指南一致"
                    yield Finding("faqs", key, ("answer",), text)
        for clause in _clauses(faq.answer, context.limits.no_visit_words):
            if 0 not in numbers:
                yield Finding("faqs", key, ("answer",), f"「{clause}」：指南写的是要到现场，请核对")


def phone_in_text(context: Context) -> Findings:
    """A phone in any text is a service number everyone knows or one that the content lists with its source."""
    known = {*context.limits.service_phones, *(phone for _, _, _, phone in city_phones(context))}
    for folder, key, record in context.records:
        for path, text in texts_of(record):
            if path[-2:-1] == ("phones",) or path[-1] == "example":
                continue
            for phone in _PHONE.findall(text):
                if phone not in known:
                    yield Finding(folder, key, path, f"文字里的电话「{phone}」没有来源，请核对或改成 12345")

"""Where statements come from, and until when they hold."""

from collections import defaultdict

from ..schema import Validity
from .context import Context, Finding, Findings, nested
from .items import cited


def unused_source(context: Context) -> Findings:
    used = cited(context)
    for key, source in context.city.sources.items():
        if key not in used:
            yield Finding("sources", key, (), f"依据「{source.title}」没有被引用，请删除或在用到的地方写上")


def source_expired(context: Context) -> Findings:
    used = cited(context)
    for key, source in context.city.sources.items():
        if key in used and source.expires and source.expires < context.today:
            yield Finding(
                "sources", key, ("expires",), f"依据「{source.title}」已于 {source.expires} 失效，请换成现行的规定"
            )


def source_undated(context: Context) -> Findings:
    for key, source in context.city.sources.items():
        if source.effective is None:
            yield Finding("sources", key, (), f"依据「{source.title}」没有施行日期 effective，查到后补上")


def source_twice(context: Context) -> Findings:
    having: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, source in context.city.sources.items():
        having[source.title.removeprefix("中华人民共和国"), source.number].append(key)
    for (title, _), keys in having.items():
        for key in keys[1:]:
            yield Finding("sources", key, ("title",), f"依据「{title}」已经有了（{keys[0]}），请只留一条")


def expired(context: Context) -> Findings:
    for folder, key, record in context.records:
        for path, part in nested(record):
            if isinstance(part, Validity) and part.expires and part.expires < context.today:
                yield Finding(folder, key, (*path, "expires"), f"已于 {part.expires} 过期，不再对外显示；请更新或下架")


def date_order(context: Context) -> Findings:
    for folder, key, record in context.records:
        for path, part in nested(record):
            effective, expires = getattr(part, "effective", None), getattr(part, "expires", None)
            if effective and expires and expires <= effective:
                yield Finding(folder, key, (*path, "expires"), f"失效日期 {expires} 不晚于生效日期 {effective}")
            if isinstance(part, Validity) and part.checked_on and part.checked_on > context.today:
                yield Finding(folder, key, (*path, "checked_on"), f"核对日期 {part.checked_on} 在将来")


def policy_number(context: Context) -> Findings:
    having: dict[int, list[str]] = defaultdict(list)
    for key, policy in context.city.policies.items():
        if policy.number is not None:
            having[policy.number].append(key)
    for number, keys in having.items():
        for key in keys[1:]:
            yield Finding("policies", key, ("number",), f"第 {number} 条已经有了（{keys[0]}）")

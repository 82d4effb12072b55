"""What a guide says of time, visits, money, result and steps must agree with itself."""

from collections.abc import Iterator

from ..schema import Basis, Details, Fee, HandlingItem, Limit, OutcomeKind, ServiceItem, Visits
from ..schema.common import When
from ..yaml_reader import Steps
from .context import Context, Finding, Findings, nested

LICENCE = "01"
ONLINE_FORMS = {"online", "mobile", "mail"}


def together(first: When, second: When) -> bool:
    """Whether both conditions may hold at once, as far as equal values tell (two ranges count as compatible)."""
    for fact in first.keys() & second.keys():
        exact = [v for v in (*first[fact], *second[fact]) if not isinstance(v, str) or v[:1] not in "<>="]
        if len(exact) == len(first[fact]) + len(second[fact]) and not set(first[fact]) & set(second[fact]):
            return False
    return True


def handlings(context: Context) -> Iterator[tuple[str, ServiceItem, int, HandlingItem]]:
    for key, item in context.city.items.items():
        for i, handling in enumerate(item.handling_items):
            yield key, item, i, handling


def _limits(item: ServiceItem, index: int) -> list[tuple[Steps, Limit]]:
    """The limits that may apply to a handling item, with their paths."""
    handling = item.handling_items[index]
    found: list[tuple[Steps, Limit]] = [(("limits", i), limit) for i, limit in enumerate(item.limits)]
    found += [(("handling_items", index, "limits", i), limit) for i, limit in enumerate(handling.limits)]
    return [(path, limit) for path, limit in found if together(limit.when, handling.when)]


def working_days(context: Context, limit: Limit) -> float:
    numbers = context.limits
    per_day = {
        "working_days": 1.0,
        "hours": 1 / numbers.hours_of_working_day,
        "days": numbers.working_days_of_month / numbers.days_of_month,
        "months": numbers.working_days_of_month,
    }
    return limit.number * per_day[limit.unit]


def immediate_limit(context: Context) -> Findings:
    bound = context.city.info.immediate_within_working_days
    for key, item, i, handling in handlings(context):
        case_type = handling.case_type or item.case_type
        path: Steps = ("handling_items", i, "case_type") if handling.case_type else ("case_type",)
        limits = _limits(item, i)
        quick = [limit for _, limit in limits if working_days(context, limit) <= bound]
        if case_type == "immediate" and not quick:
            yield Finding("items", key, path, f"「{handling.name}」是即办件，要有不超过 {bound:g} 个工作日的时限（当场办结写 number: 0）")
        promised = [(where, limit) for where, limit in limits if limit.kind == "promised"]
        if case_type == "promised" and promised and all(working_days(context, limit) <= bound for _, limit in promised):
            yield Finding("items", key, promised[0][0], f"「{handling.name}」承诺时限不超过 {bound:g} 个工作日，应写成即办件 case_type: immediate")


def promised_over_statutory(context: Context) -> Findings:
    for key, item, i, handling in handlings(context):
        limits = _limits(item, i)
        for path, promised in limits:
            for _, statutory in limits:
                if promised.kind != "promised" or statutory.kind != "statutory" or promised.unit != statutory.unit:
                    continue
                if promised.number > statutory.number and together(promised.when, statutory.when):
                    text = f"「{handling.name}」承诺时限 {promised.number:g} 超过了法定时限 {statutory.number:g}，请核对"
                    yield Finding("items", key, (*path, "number"), text)


def limit_basis(context: Context) -> Findings:
    for key, item in context.city.items.items():
        for path, part in nested(item):
            if isinstance(part, Limit) and part.basis is None:
                yield Finding("items", key, path, "时限没有写依据 basis；查不到依据就不要写这条时限")


def outcome_basis(context: Context) -> Findings:
    for key, item in context.city.items.items():
        for i, outcome in enumerate(item.outcomes):
            if outcome.kind is OutcomeKind.NOT_ELIGIBLE and outcome.basis is None:
                yield Finding("items", key, ("outcomes", i), "说人「不符合条件」必须写依据 basis（哪部规定、哪一条）")


def visits_reason(context: Context) -> Findings:
    for key, item in context.city.items.items():
        for path, part in nested(item):
            if isinstance(part, Visits) and part.number > 0 and not part.reason.strip():
                yield Finding("items", key, (*path, "number"), f"要到现场 {part.number} 次，请在 reason 写明为什么必须去")


def _of_handling(item: ServiceItem, index: int, name: str) -> tuple[Steps, Details]:
    handling = item.handling_items[index]
    own = getattr(handling, name)
    return (("handling_items", index, name), handling) if own else ((name,), item)


def visits_zero(context: Context) -> Findings:
    for key, item, i, handling in handlings(context):
        _, with_forms = _of_handling(item, i, "forms")
        path, with_visits = _of_handling(item, i, "visits")
        for v, visits in enumerate(with_visits.visits):
            if visits.number == 0 and not ONLINE_FORMS & set(with_forms.forms):
                yield Finding("items", key, (*path, v, "number"), f"「{handling.name}」一次都不用跑，forms 里要有 online、mobile 或 mail")


def online_full(context: Context) -> Findings:
    for key, item, i, handling in handlings(context):
        path, with_online = _of_handling(item, i, "online")
        _, with_visits = _of_handling(item, i, "visits")
        if with_online.online and with_online.online.depth == "full" and 0 not in {v.number for v in with_visits.visits}:
            yield Finding("items", key, (*path, "depth"), f"「{handling.name}」写了全程网办，就要有到现场 0 次的情形（visits number: 0）")


def online_forms(context: Context) -> Findings:
    for key, item, i, handling in handlings(context):
        path, with_online = _of_handling(item, i, "online")
        forms_path, with_forms = _of_handling(item, i, "forms")
        online = with_online.online
        if online and online.depth in ("submit", "full") and not {"online", "mobile"} & set(with_forms.forms):
            yield Finding("items", key, (*path, "depth"), f"「{handling.name}」可以网上申报，forms 里要有 online 或 mobile")
        if "online" in with_forms.forms and not (online and online.where):
            yield Finding("items", key, forms_path, f"「{handling.name}」写了网上办，请在 online.where 写明在哪个平台办")


def _fees(context: Context) -> Iterator[tuple[str, Steps, Fee]]:
    for key, item in context.city.items.items():
        for path, part in nested(item):
            if isinstance(part, Fee):
                yield key, path, part


def fee_charged(context: Context) -> Findings:
    for key, path, fee in _fees(context):
        if fee.charged is not True:
            continue
        if not fee.lines:
            yield Finding("items", key, path, "收费的要写明细 lines（收什么、多少钱）")
        if not fee.basis and not (fee.lines and all(line.basis for line in fee.lines)):
            yield Finding("items", key, path, "收费的要写收费依据 basis")
        if fee.online_payment is None:
            yield Finding("items", key, path, "收费的要写能不能网上缴费 online_payment: true 或 false")


def fee_free(context: Context) -> Findings:
    for key, path, fee in _fees(context):
        if fee.charged is not False:
            continue
        if fee.lines:
            yield Finding("items", key, (*path, "lines"), "不收费的不能有收费明细 lines，请核对到底收不收费")
        if fee.online_payment:
            yield Finding("items", key, (*path, "online_payment"), "不收费的不用写网上缴费 online_payment")


def fee_unknown(context: Context) -> Findings:
    for key, path, fee in _fees(context):
        if fee.charged is None and any(line.amount is not None for line in fee.lines):
            yield Finding("items", key, (*path, "lines"), "写了金额就要写 charged: true 和依据；没有依据就不要写金额")


def result_sample(context: Context) -> Findings:
    for key, item in context.city.items.items():
        results = [(("result",), item.result)]
        results += [(("handling_items", i, "result"), h.result) for i, h in enumerate(item.handling_items)]
        for path, result in results:
            if result and not result.sample:
                yield Finding("items", key, path, f"结果「{result.name}」还没有样本，有官方样本时补上")


def unsourced(context: Context) -> Findings:
    for key, item in context.city.items.items():
        parts: list[Details] = [item, *item.handling_items]
        missing = [
            label
            for label, there in (
                ("时限", any(p.limits for p in parts)),
                ("收费", any(p.fee and p.fee.charged is not None for p in parts)),
                ("到现场次数", any(p.visits for p in parts)),
                ("网上办理入口", any(p.online and (p.online.url or p.online.mobile_url) for p in parts)),
            )
            if not there
        ]
        if missing:
            yield Finding("items", key, (), f"没有来源、显示为「{context.city.info.unsourced}」的有：{'、'.join(missing)}")


def licence_steps(context: Context) -> Findings:
    wanted = context.limits.licence_steps
    for key, item, i, handling in handlings(context):
        if item.item_type == LICENCE and (steps := len(item.steps) + len(handling.steps)) < wanted:
            path: Steps = ("steps",) if item.steps else ("handling_items", i)
            yield Finding("items", key, path, f"行政许可「{handling.name}」只有 {steps} 个步骤，至少要写 {wanted} 个")


def licence_faq(context: Context) -> Findings:
    asked = {name for faq in context.city.faqs.values() for name in faq.items}
    for key, item in context.city.items.items():
        if item.item_type == LICENCE and key not in asked:
            yield Finding("items", key, ("item_type",), f"行政许可「{item.name}」至少要有一条常见问题（faqs/ 里的 items 写上 {key}）")


def audience_topics(context: Context) -> Findings:
    audience_of = {t.id: t.audience for t in context.city.info.topics}
    for key, item in context.city.items.items():
        for i, topic in enumerate(item.topics):
            audience = audience_of.get(topic)
            if audience and audience not in item.audiences:
                yield Finding("items", key, ("topics", i), f"主题「{topic}」是给 {audience} 的，和服务对象 audiences 不一致")
        for i, audience in enumerate(item.audiences):
            if not any(audience_of.get(t) in (None, audience) for t in item.topics):
                yield Finding("items", key, ("audiences", i), f"服务对象有 {audience}，topics 里却没有给它的主题")


def basis_missing(context: Context) -> Findings:
    """Each record that states something cites at least one source."""
    for folder, key, record in context.records:
        for name in ("legal_basis", "basis"):
            value = getattr(record, name, None)
            if value == () and folder in ("items", "bundles", "faqs", "policies"):
                yield Finding(folder, key, (name,), "至少要写一条依据")


def cited(context: Context) -> set[str]:
    """Sources that some record cites."""
    return {part.source for _, _, record in context.records for _, part in nested(record) if isinstance(part, Basis)}

"""What a guide says of time, visits, money, result and steps must agree with itself."""

from collections.abc import Iterator

from ..schema import Basis, Details, Fee, HandlingItem, Limit, OutcomeKind, Result, ServiceItem, Visits
from ..yaml_reader import Steps
from .context import Context, Finding, Findings, nested
from .situations import Situation, path_of, situations

LICENCE = "01"
ONLINE_FORMS = {"online", "mobile", "mail"}


def working_days_of(context: Context, limit: Limit) -> float:
    numbers = context.limits
    per_day = {
        "working_days": 1.0,
        "hours": 1 / numbers.hours_of_working_day,
        "days": numbers.working_days_of_month / numbers.days_of_month,
        "months": numbers.working_days_of_month,
    }
    return limit.number * per_day[limit.unit]


def _handled(context: Context) -> Iterator[tuple[str, ServiceItem, HandlingItem, Situation]]:
    """Situations that end in a handling item."""
    for key, item in context.city.items.items():
        for situation in situations(context, key):
            if situation.handling:
                yield key, item, situation.handling, situation


def _own(item: ServiceItem, handling: HandlingItem, name: str) -> Steps:
    """Path of a field: the handling item's where it has its own."""
    return ("handling_items", item.handling_items.index(handling), name) if getattr(handling, name) else (name,)


def immediate_limit(context: Context) -> Findings:
    bound = context.city.info.immediate_within_working_days
    for key, item, handling, situation in _handled(context):
        case_type = handling.case_type or item.case_type
        promised, statutory = situation.resolution.promised, situation.resolution.statutory
        limit = promised or statutory
        days = working_days_of(context, limit) if limit else None
        if case_type == "immediate" and (days is None or days > bound):
            text = f"「{handling.name}」是即办件，时限要在 {bound:g} 个工作日以内（当场办结写 number: 0）"
            yield Finding("items", key, _own(item, handling, "case_type"), text)
        if case_type == "promised" and promised and working_days_of(context, promised) <= bound:
            text = f"「{handling.name}」承诺时限不超过 {bound:g} 个工作日，应写成即办件 case_type: immediate"
            yield Finding("items", key, path_of(item, promised), text)


def promised_over_statutory(context: Context) -> Findings:
    for key, item, handling, situation in _handled(context):
        promised, statutory = situation.resolution.promised, situation.resolution.statutory
        if promised and statutory and promised.unit == statutory.unit and promised.number > statutory.number:
            text = f"「{handling.name}」承诺时限 {promised.number:g} 超过了法定时限 {statutory.number:g}，请核对"
            yield Finding("items", key, (*path_of(item, promised), "number"), text)


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
                yield Finding(
                    "items", key, (*path, "number"), f"要到现场 {part.number} 次，请在 reason 写明为什么必须去"
                )


def visits_zero(context: Context) -> Findings:
    for key, item, handling, situation in _handled(context):
        visits = situation.resolution.visits
        if visits and visits.number == 0 and not ONLINE_FORMS & set(situation.resolution.forms):
            text = f"「{handling.name}」一次都不用跑，forms 里要有 online、mobile 或 mail"
            yield Finding("items", key, (*path_of(item, visits), "number"), text)


def online_full(context: Context) -> Findings:
    """全程网办 means that somebody in some situation need not come at all."""
    for key, item in context.city.items.items():
        trips: dict[str, set[int | None]] = {}
        for s in situations(context, key):
            online, handling = s.resolution.online, s.handling
            if handling and online and online.depth == "full":
                trips.setdefault(handling.id, set()).add(s.resolution.visits.number if s.resolution.visits else None)
        for handling in item.handling_items:
            if handling.id in trips and 0 not in trips[handling.id]:
                text = f"「{handling.name}」写了全程网办，就要有到现场 0 次的情形（visits 的 number: 0）"
                yield Finding("items", key, (*_own(item, handling, "online"), "depth"), text)


def online_forms(context: Context) -> Findings:
    for key, item, handling, situation in _handled(context):
        online, forms = situation.resolution.online, set(situation.resolution.forms)
        if online and online.depth in ("submit", "full") and not {"online", "mobile"} & forms:
            text = f"「{handling.name}」可以网上申报，forms 里要有 online 或 mobile"
            yield Finding("items", key, (*_own(item, handling, "online"), "depth"), text)
        if "online" in forms and not (online and online.where):
            text = f"「{handling.name}」写了网上办，请在 online.where 写明在哪个平台办"
            yield Finding("items", key, _own(item, handling, "forms"), text)


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
        results: list[tuple[Steps, Result | None]] = [(("result",), item.result)]
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
            )
            if not there
        ]
        if missing:
            yield Finding(
                "items", key, (), f"没有来源、显示为「{context.city.info.unsourced}」的有：{'、'.join(missing)}"
            )


def licence_steps(context: Context) -> Findings:
    wanted = context.limits.licence_steps
    for key, item in context.city.items.items():
        for i, handling in enumerate(item.handling_items):
            steps = len(handling.steps or item.steps)
            if item.item_type == LICENCE and steps < wanted:
                path: Steps = ("handling_items", i, "steps") if handling.steps else ("steps",)
                text = f"行政许可「{handling.name}」只有 {steps} 个步骤，至少要写 {wanted} 个"
                yield Finding("items", key, path, text)


def licence_faq(context: Context) -> Findings:
    asked = {name for faq in context.city.faqs.values() for name in faq.items}
    for key, item in context.city.items.items():
        if item.item_type == LICENCE and key not in asked:
            yield Finding(
                "items",
                key,
                ("item_type",),
                f"行政许可「{item.name}」至少要有一条常见问题（faqs/ 里的 items 写上 {key}）",
            )


def audience_topics(context: Context) -> Findings:
    audience_of = {t.id: t.audience for t in context.city.info.topics}
    for key, item in context.city.items.items():
        for i, topic in enumerate(item.topics):
            audience = audience_of.get(topic)
            if audience and audience not in item.audiences:
                yield Finding(
                    "items", key, ("topics", i), f"主题「{topic}」是给 {audience} 的，和服务对象 audiences 不一致"
                )
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

"""What a benefit says must be checkable: by facts, by a clause, by data where nobody has to apply."""

from collections.abc import Iterator
from itertools import combinations
from typing import get_args

from ..conditions import is_range, parse_range
from ..schema import Benefit, BenefitCondition, Entitlement, FactType, Policy
from ..schema.benefit import Way
from ..schema.common import Scalar
from .context import Context, Finding, Findings

_FOLDER = "policies"


def _benefits(context: Context) -> Iterator[tuple[str, Policy, Benefit]]:
    for key, policy in context.city.policies.items():
        if policy.benefit:
            yield key, policy, policy.benefit


def _conditions(context: Context) -> Iterator[tuple[str, int, Benefit, BenefitCondition]]:
    for key, _, benefit in _benefits(context):
        for i, condition in enumerate(benefit.conditions):
            yield key, i, benefit, condition


def clause(context: Context) -> Findings:
    """A condition cites a clause, or its gist where the source has no numbered ones."""
    for key, i, _, condition in _conditions(context):
        if not condition.basis.article and not condition.basis.gist:
            text = f"条件「{condition.text}」只写了依据的名称，请写明条款 article，没有条款号的写要点 gist"
            yield Finding(_FOLDER, key, ("benefit", "conditions", i, "basis"), text)


def automatic_data(context: Context) -> Findings:
    for key, i, benefit, condition in _conditions(context):
        if benefit.entitlement is Entitlement.AUTOMATIC and not condition.data_source:
            text = f"免申即享的每个条件都要能用数据核对，请给「{condition.text}」写数据来源 data_source，或改成 fast"
            yield Finding(_FOLDER, key, ("benefit", "conditions", i), text)


def amount(context: Context) -> Findings:
    """A number has a source; a share is at most the whole; an upper bound needs a number."""
    for key, policy, benefit in _benefits(context):
        paid, path = benefit.amount, ("benefit", "amount")
        if paid.number is None and (paid.most or paid.period):
            yield Finding(_FOLDER, key, path, "没有金额 number，就不要写 most 或 period")
        if paid.number is None:
            continue
        if paid.basis is None:
            yield Finding(_FOLDER, key, path, "金额要有国家规定的依据 basis；地方定的留空，显示以官方公布为准")
        if paid.unit == "%" and paid.number > context.limits.benefit_share:
            yield Finding(_FOLDER, key, (*path, "number"), f"{policy.title}的比例 {paid.number}% 超过了全部")
        if paid.unit == "元" and not context.limits.benefit_least <= paid.number <= context.limits.benefit_most:
            yield Finding(_FOLDER, key, (*path, "number"), f"金额 {paid.number} 元不像真的，请核对单位")


def apply_target(context: Context) -> Findings:
    for key, _, benefit in _benefits(context):
        if benefit.apply not in context.city.items and benefit.apply not in get_args(Way):
            text = f"apply 写的「{benefit.apply}」不是事项，也不是这些办法：{'、'.join(get_args(Way))}"
            yield Finding(_FOLDER, key, ("benefit", "apply"), text)


def audience(context: Context) -> Findings:
    for key, policy, benefit in _benefits(context):
        if benefit.audience not in policy.audiences:
            text = f"benefit 的服务对象 {benefit.audience} 不在政策的 audiences 里"
            yield Finding(_FOLDER, key, ("benefit", "audience"), text)


def _apart(first: tuple[Scalar, ...], second: tuple[Scalar, ...]) -> bool:
    """No value satisfies both."""
    if any(map(is_range, (*first, *second))):
        pairs = [
            (parse_range(str(a)), parse_range(str(b))) for a in first for b in second if is_range(a) and is_range(b)
        ]
        return bool(pairs) and not any(a.meets(b) for a, b in pairs)
    return not set(map(str, first)) & set(map(str, second))


def impossible(context: Context) -> Findings:
    """Two conditions without alternatives that exclude one another: nobody could qualify."""
    for key, _, benefit in _benefits(context):
        plain = [(i, c) for i, c in enumerate(benefit.conditions) if not c.alternatives]
        for (_, one), (i, other) in combinations(plain, 2):
            for fact in one.when.keys() & other.when.keys():
                if _apart(one.when[fact], other.when[fact]):
                    text = f"条件「{one.text}」和「{other.text}」对「{fact}」的要求互相矛盾，谁也符合不了"
                    yield Finding(_FOLDER, key, ("benefit", "conditions", i, "when", fact), text)


def idle(context: Context) -> Findings:
    """A condition that every answer meets asks for nothing."""
    for key, i, _, condition in _conditions(context):
        for fact, wanted in condition.when.items():
            known = context.city.facts.get(fact)
            if known is None or condition.alternatives:
                continue
            every: set[Scalar] = set()
            if known.type is FactType.CHOICE:
                every = {c.value for c in known.choices}
            elif known.type is FactType.YES_NO:
                every = {True, False}
            if every and every <= set(wanted):
                text = f"条件「{condition.text}」里「{known.label}」怎么答都算符合，请去掉它"
                yield Finding(_FOLDER, key, ("benefit", "conditions", i, "when", fact), text)

"""Benefits as shown: amounts and ways in words, verdicts with their clauses."""

from knowledge_base.benefits import BenefitMatch, problem_of
from knowledge_base.city import City
from knowledge_base.navigation.questions import label_of, number_text
from knowledge_base.navigation.shown import cite
from knowledge_base.outcome import DroppedFact, KnownFact
from knowledge_base.schema import UNKNOWN, Benefit, BenefitAmount, Entitlement, FactValue

from .benefit_payloads import (
    BenefitConditionShown,
    BenefitConditionTold,
    BenefitMatchShown,
    BenefitMissingFact,
    BenefitPart,
    BenefitParts,
)
from .pages import link

PERIODS = {"": "", "once": "一次性", "day": "每天", "month": "每月", "year": "每年"}
ENTITLEMENTS = {
    Entitlement.AUTOMATIC: "免申即享：不用申请，系统核对后直接给",
    Entitlement.FAST: "快申快享：申请一下，系统核对就办",
    Entitlement.ORDINARY: "要申请，由工作人员审核",
}
UNKNOWN_ANSWER = "不清楚"


def amount_text(city: City, amount: BenefitAmount) -> str:
    """「每年最高2000元（…）」; without a number the text, or that the official notice rules."""
    if amount.number is None:
        return amount.text or city.info.unsourced
    said = f"{PERIODS[amount.period]}{'最高' if amount.most else ''}{number_text(float(amount.number))}{amount.unit}"
    return f"{said}（{amount.text}）" if amount.text else said


def parts(city: City, benefit: Benefit) -> BenefitParts:
    item = city.items.get(benefit.apply)
    return BenefitParts(
        who=benefit.who,
        amount=amount_text(city, benefit.amount),
        paid=benefit.paid,
        deadline=benefit.deadline,
        apply=item.name if item else benefit.apply,
        apply_item=link("item", item) if item else None,
        entitlement=benefit.entitlement.value,
        entitlement_label=ENTITLEMENTS[benefit.entitlement],
        reason=benefit.reason,
    )


def told(city: City, benefit: Benefit | None) -> BenefitPart | None:
    """What a policy's page says of its benefit, before anything is known of the reader."""
    if benefit is None:
        return None
    conditions = [
        BenefitConditionTold(
            text=c.text, clause=next(iter(cite(city, [c.basis])), None), data_source=c.data_source, hint=c.hint
        )
        for c in benefit.conditions
    ]
    return BenefitPart(conditions=conditions, **parts(city, benefit).model_dump())


def shown(city: City, found: BenefitMatch) -> BenefitMatchShown:
    """Raises ValueError for a policy without a benefit; matching gives none."""
    policy = found.policy
    if policy.benefit is None:
        raise ValueError(policy.id)
    return BenefitMatchShown(
        id=policy.id,
        title=policy.title,
        summary=policy.summary,
        verdict=found.verdict.value,
        conditions=[
            BenefitConditionShown(
                text=c.text,
                verdict=c.verdict.value,
                clause=c.clause,
                missing_fact=[BenefitMissingFact(**m.model_dump()) for m in c.missing],
                data_source=c.data_source,
                hint=c.hint,
            )
            for c in found.conditions
        ],
        source=list(cite(city, policy.basis)),
        **parts(city, policy.benefit).model_dump(),
    )


def used(city: City, facts: dict[str, FactValue]) -> tuple[list[KnownFact], list[DroppedFact]]:
    """Given facts as a person would read them, and those that cannot be used with the reason."""
    known, dropped = [], []
    for fact, value in facts.items():
        if reason := problem_of(city, fact, value):
            dropped.append(DroppedFact(fact=fact, reason=reason))
        else:
            answer = UNKNOWN_ANSWER if value == UNKNOWN else label_of(city.facts[fact], value, city)
            known.append(KnownFact(fact=fact, label=city.facts[fact].label, value=value, answer=answer))
    return known, dropped

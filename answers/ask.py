"""A free question in, an answer with its source out, or honestly none. No conversation: everything is in the question."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from index.errors import EngineUnavailable
from knowledge_base.navigation.shown import cite
from knowledge_base.outcome import AskedQuestion, Cited
from knowledge_base.schema import FactValue

from .desk import Candidate, Desk, Found, answering
from .emergency import emergency
from .targets import facts_as_meant


class AskOutcome(StrEnum):
    ANSWERED = "answered"
    NEEDS_CLARIFICATION = "needs_clarification"
    NO_GUIDE_FOUND = "no_guide_found"
    OUT_OF_SCOPE = "out_of_scope"
    EMERGENCY = "emergency"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Answer:
    """`source` is empty only where nothing is claimed. `question` is what would make the answer exact; `meant` is
    another spelling to ask about."""

    outcome: AskOutcome
    text: str
    source: tuple[Cited, ...] = ()
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    target: Candidate | None = None
    question: AskedQuestion | None = None
    meant: str | None = None


def ask(desk: Desk, text: str, facts: Mapping[str, FactValue] | None = None) -> Answer:
    """Emergency first, then what the index is sure of: an FAQ, a policy, or an item's guide in the situation that was said."""
    danger = emergency(text)
    if danger:
        return Answer(AskOutcome.EMERGENCY, danger.reply, confidence=1.0)
    try:
        found = desk.search(text, ("item", "bundle", "faq", "policy"))
    except EngineUnavailable:
        return Answer(
            AskOutcome.UNAVAILABLE, f"知识库暂时连不上，请稍后再试，或拨打{desk.city.info.consultation_phone}。"
        )
    first, rules = found.first, answering()
    candidates = found.candidates[: rules["candidates"]]
    if first is None or found.confidence < rules["clarify"]:
        return _nothing(desk, text, found, candidates)
    if found.confidence < (rules["accept"] if first.kind in ("item", "bundle") else rules["faq_accept"]):
        names = "、".join(f"「{c.title}」" for c in candidates)
        return Answer(
            AskOutcome.NEEDS_CLARIFICATION, f"您问的是不是：{names}？", (), found.confidence, candidates, first
        )
    if first.kind == "faq":
        faq = desk.city.faqs[first.id]
        return Answer(AskOutcome.ANSWERED, faq.answer, cite(desk.city, faq.basis), found.confidence, candidates, first)
    if first.kind == "policy":
        policy = desk.city.policies[first.id]
        body = "\n".join((policy.summary, *policy.paragraphs)) if policy.paragraphs else policy.summary
        return Answer(AskOutcome.ANSWERED, body, cite(desk.city, policy.basis), found.confidence, candidates, first)
    readings, meant = facts_as_meant(desk, text, found.meant, first.id)
    said = {f: r.value for f, r in readings.items()}
    return _guide(desk, first, {**said, **(facts or {})}, found, candidates, meant)


def _guide(
    desk: Desk,
    target: Candidate,
    facts: Mapping[str, FactValue],
    found: Found,
    candidates: tuple[Candidate, ...],
    meant: str | None,
) -> Answer:
    step = desk.navigator.step(target.id, facts)
    outcome = step.outcome or desk.navigator.overview(target.id)
    materials = "、".join(f"{m.name}{'（' + m.conditional + '）' if m.conditional else ''}" for m in outcome.materials)
    parts = [f"{outcome.situation}。", outcome.explanation]
    if outcome.kind == "handle":
        parts += [
            f"要准备：{materials or '不用带材料'}。",
            f"时限：{outcome.limit.text}。",
            f"费用：{outcome.fee.text}。",
            f"办理：{outcome.online.text}。",
        ]
    text = "\n".join(p.replace("。。", "。") for p in parts if p)
    return Answer(AskOutcome.ANSWERED, text, outcome.source, found.confidence, candidates, target, step.question, meant)


def _nothing(desk: Desk, text: str, found: Found, candidates: tuple[Candidate, ...]) -> Answer:
    phone = desk.city.info.consultation_phone
    if desk.out_of_scope(text) or not candidates:
        return Answer(
            AskOutcome.OUT_OF_SCOPE, f"这个不在政务服务范围内，我帮不上忙。办事的问题可以接着问我，或拨打{phone}。"
        )
    names = "、".join(f"「{c.title}」" for c in candidates)
    return Answer(
        AskOutcome.NO_GUIDE_FOUND,
        f"这个问题我没有找到可靠的答案，不敢乱说。最接近的有{names}；也可以拨打{phone}问人工。",
        (),
        found.confidence,
        candidates,
        meant=found.meant,
    )

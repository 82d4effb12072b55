"""The navigation loop of a conversation: where a target and facts are known, ask the next question or show the card."""

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.navigation import REGION
from knowledge_base.outcome import AskedQuestion, DroppedFact, Outcome, Step
from knowledge_base.schema import Bundle, FactValue, ServiceItem

from ..desk import Candidate, Desk, Found, answering
from ..facts import plain
from ..quantities import Reading
from ..targets import facts_as_meant, facts_of_text
from .reply import (
    Card,
    Option,
    Reply,
    command,
    link_card,
    meant_options,
    outcome_reply,
    question_options,
    target_options,
)
from .state import DialogueState

Turn = tuple[DialogueState, Reply]


def values_of(readings: Mapping[str, Reading]) -> dict[str, tuple[FactValue, str]]:
    return {fact: (r.value, r.words) for fact, r in readings.items()}


def proceed(desk: Desk, state: DialogueState, opening: str = "") -> Turn:
    """Asks what is still needed, or shows the outcome. `opening` is what was understood, said first."""
    if state.target is None:
        return state, Reply(outcome="no_target", options=popular(desk))
    step = desk.navigator.step(state.target, state.facts)
    notices = _notices(desk, state, step.dropped)
    state = _forget(state, step)
    if step.question is not None:
        reply = Reply(
            outcome="ask_fact",
            values={"question": step.question.text, "why": step.question.why, "title": step.title, "opening": opening,
                    "help": step.question.help},
            cards=notices,
            options=question_options(step.question),
        )  # fmt: skip
        return state.model_copy(update={"pending": step.question.fact}), reply
    assert step.outcome is not None
    reply = outcome_reply(desk, step.outcome, opening)
    return state.model_copy(update={"pending": None}), reply.model_copy(update={"cards": [*notices, *reply.cards]})


def current_outcome(desk: Desk, state: DialogueState) -> Outcome | None:
    """The outcome so far; with questions open, the one that says what depends on them."""
    if state.target is None:
        return None
    step = desk.navigator.step(state.target, state.facts)
    if step.outcome is not None:
        return step.outcome
    plan = desk.navigator.plan(state.target)
    open_ = {a.fact.id: "unknown" for a in plan.asked if a.fact.id not in state.facts}
    return desk.navigator.step(state.target, {**state.facts, **open_}).outcome


def start(desk: Desk, state: DialogueState, target: str, text: str, meant: str | None = None) -> Turn:
    """A target was understood from `text`, or from its other spelling `meant`, which may state facts already."""
    facts, meant = facts_as_meant(desk, text, meant, target)
    turn = proceed(desk, state.about(target).with_facts(values_of(facts)), opening=desk.title(target))
    return taken_as(turn, meant)


def taken_as(turn: Turn, meant: str | None) -> Turn:
    """Says what another spelling than the typed one was understood as; without one nothing."""
    state, reply = turn
    return (state, reply.model_copy(update={"values": {**reply.values, "meant": meant}})) if meant else turn


def find(desk: Desk, state: DialogueState, text: str) -> Turn:
    """What the person wants to get done → an item or bundle, a choice between the nearest, or honestly none."""
    region = desk.reader.region(text)
    state = state.with_facts(values_of({REGION: region}) if region else {})
    found = desk.search_stated(text, ("item", "bundle"), [region] if region else [])
    if found.first is not None and found.confidence >= answering()["accept"] and not _vague(text, found):
        return start(desk, state, found.first.id, text, found.meant)
    return offer(desk, state, text, found)


def _vague(text: str, found: Found) -> bool:
    """A word or two that several matters have in their names: 「公积金」 chooses none of them."""
    said = plain(text)
    named = [c for c in found.candidates if said in plain(c.title)]
    return len(said) <= answering()["vague_characters"] and len(named) > 1


def offer(desk: Desk, state: DialogueState, text: str, found: Found) -> Turn:
    """Not sure enough: the nearest to choose from, or honestly none with the nearest three and a human."""
    rules = answering()
    candidates = found.candidates[: rules["candidates"]]
    if found.confidence < rules["clarify"] or not candidates:
        return state, nothing_found(desk, text, candidates, found.meant)
    ways = [c for c in candidates if c.kind in ("item", "bundle")]
    if not ways:
        return state, nothing_found(desk, text, candidates, found.meant)
    state = state.model_copy(update={"offered": [c.id for c in ways], "offered_text": text, "pending": None})
    options = [*meant_options(found.meant), *target_options(ways), command("none", "都不是")]
    return state, Reply(outcome="choose_target", options=options)


def nothing_found(desk: Desk, text: str, candidates: tuple[Candidate, ...], meant: str | None = None) -> Reply:
    phone = desk.city.info.consultation_phone
    if desk.out_of_scope(text):
        return Reply(outcome="out_of_scope", values={"phone": phone}, options=popular(desk))
    ways = [c for c in candidates if c.kind in ("item", "bundle")]
    others = tuple(c for c in candidates if c not in ways)
    cards = [link_card(others)] if others else []
    options = [*meant_options(meant), *target_options(ways), command("handover", "转人工")]
    return Reply(outcome="no_guide_found", values={"phone": phone}, cards=cards, options=options)


def popular(desk: Desk, count: int = 4) -> list[Option]:
    """Where to start when nothing is understood: what is asked for most."""
    entries: list[Bundle | ServiceItem] = [*desk.city.bundles.values(), *desk.city.items.values()]
    first = sorted(entries, key=lambda e: (-e.popularity, e.id))[:count]
    return target_options([Candidate(e.id, "item", e.name) for e in first])


def names_other(desk: Desk, state: DialogueState, text: str) -> Candidate | None:
    """The item or bundle that a follow-up names, when it is not the current one nor a part of it."""
    rest = plain(text)
    for word in sorted(answering()["follow_up_words"], key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = rest.strip()
    if len(rest.replace(" ", "")) < 2 or _is_fact_of(desk, state, rest):
        return None
    found = desk.search(rest.replace(" ", ""), ("item", "bundle"))
    if found.first is None or found.confidence < answering()["switch"] or found.first.id == state.target:
        return None
    parts = {p.item.id for p in desk.navigator.plan(state.target).parts} if state.target else set()
    return None if found.first.id in parts else found.first


def _is_fact_of(desk: Desk, state: DialogueState, text: str) -> bool:
    return state.target is not None and bool(facts_of_text(desk, text, state.target))


def _notices(desk: Desk, state: DialogueState, dropped: tuple[DroppedFact, ...]) -> list[Card]:
    return [Card(type="notice", text=d.reason) for d in dropped if d.fact in state.facts and d.fact in desk.city.facts]


def _forget(state: DialogueState, step: Step) -> DialogueState:
    """Facts that do not fit are dropped, after they were told."""
    for d in step.dropped:
        state = state.without_fact(d.fact)
    return state


@dataclass(frozen=True)
class Said:
    """What came with an act; fields that the act does not use stay empty."""

    text: str = ""
    token: str = ""
    field: str = ""


def pending_question(desk: Desk, state: DialogueState) -> AskedQuestion | None:
    if state.target is None or state.pending is None:
        return None
    question = desk.navigator.step(state.target, state.facts).question
    return question if question and question.fact == state.pending else None


def with_question(desk: Desk, state: DialogueState, reply: Reply) -> Reply:
    """A question that is still open stays pressable below the answer."""
    question = pending_question(desk, state)
    if question is None:
        return reply
    options = question_options(question)
    return reply.model_copy(update={"values": {**reply.values, "question": question.text}, "options": options})


def candidates_of(desk: Desk, ids: list[str]) -> tuple[Candidate, ...]:
    kept = [i for i in ids if desk.title(i)]
    return tuple(Candidate(i, "bundle" if i in desk.city.bundles else "item", desk.title(i)) for i in kept)


def again(question: AskedQuestion, outcome: str) -> Reply:
    return Reply(
        outcome=outcome,
        values={"question": question.text, "why": question.why, "help": question.help},
        options=question_options(question),
    )

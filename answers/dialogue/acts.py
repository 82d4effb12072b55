"""One function an act: (desk, state, what was said) → (new state, reply). The state passed in is never changed."""

from collections.abc import Callable
from dataclasses import dataclass

from knowledge_base.navigation import REGION, tokens
from knowledge_base.navigation.shown import cite
from knowledge_base.outcome import AskedQuestion
from knowledge_base.schema import UNKNOWN

from ..ask import AskOutcome, ask
from ..desk import Candidate, Desk
from ..facts import plain
from ..fields import FIELDS, about_material, field_answer, material_named
from ..targets import facts_of_text
from .flow import Turn, current_outcome, find, names_other, nothing_found, offer, popular, proceed, start, values_of
from .reply import Card, Reply, change_options, handover_card, question_options, region_options, target_options
from .state import DialogueState


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


def do_find(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """While a question is open, an answer that only meaning reveals comes before a new search."""
    question = pending_question(desk, state)
    if question is not None and (reading := desk.reader.answer(question, said.text)) is not None:
        found = values_of(facts_of_text(desk, said.text, state.target or "")) | values_of({question.fact: reading})
        return proceed(desk, state.with_facts(found))
    return find(desk, state, said.text)


def do_answer(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """The pending question, or the choice between candidates; other facts in the same text are taken too."""
    if state.offered and (chosen := _chosen(desk, state, said.text)):
        return start(desk, state, chosen, f"{state.offered_text} {said.text}")
    question = pending_question(desk, state)
    if question is None or state.target is None:
        return find(desk, state, said.text)
    reading = desk.reader.answer(question, said.text)
    found = values_of(facts_of_text(desk, said.text, state.target))
    if reading is not None:
        found |= values_of({question.fact: reading})
    if not found:
        return state, _again(question, "unclear_answer")
    return proceed(desk, state.with_facts(found))


def do_choose(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """An option that was pressed. An option of an older question still counts: it changes that answer."""
    try:
        kind, *rest = tokens.decode(said.token)
    except ValueError:
        return state, Reply(outcome="unclear_answer", values={"question": ""}, options=popular(desk))
    match kind, rest:
        case "a", [str(target), str(fact), value] if desk.title(target) and fact in desk.city.facts:
            moved = state if state.target == target else state.about(target)
            return proceed(desk, moved.with_facts({fact: (value, "")}))
        case "t", [str(target)] if desk.title(target):
            return start(desk, state, target, state.offered_text)
        case "r", [str(code)] if code in desk.city.regions:
            return _region_changed(desk, state, code)
        case "c", [str(fact)] if fact in state.facts:
            return proceed(desk, state.without_fact(fact))
        case "x", ["restart"]:
            return do_restart(desk, state, said)
        case "x", ["handover"]:
            return do_handover(desk, state, said)
        case "x", ["none"]:
            candidates = _candidates(desk, state.offered)
            cleared = state.model_copy(update={"offered": [], "offered_text": ""})
            return cleared, nothing_found(desk, state.offered_text, candidates)
    return state, Reply(outcome="unclear_answer", values={"question": ""}, options=popular(desk))


def do_field(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """A field of the current outcome; a material named in the text is answered by itself; another item is found first."""
    field = said.field if said.field in FIELDS else "materials"
    outcome = current_outcome(desk, state)
    named = material_named(said.text, outcome, desk.city) if outcome and field in ("materials", "original") else None
    if (
        named is not None
        and outcome is not None
        and not (field == "materials" and len(named.name) * 2 < len(plain(said.text)))
    ):
        return state, _with_question(desk, state, Reply(
            outcome="field_answer", values={"answer": about_material(named, desk.city), "title": outcome.title}
        ))  # fmt: skip
    other = names_other(desk, state, said.text)
    if other is not None:
        state = state.about(other.id)
        state = state.with_facts(values_of(facts_of_text(desk, said.text, other.id)))
    elif state.target is None:
        found = desk.search(said.text, ("item", "bundle"))
        if found.first is None or plain(said.text) in desk_words(said.text):
            return state, Reply(outcome="no_target", options=popular(desk))
        return offer(desk, state, said.text, found)
    else:
        state = state.with_facts(values_of(facts_of_text(desk, said.text, state.target)))
    outcome = current_outcome(desk, state)
    assert outcome is not None
    answer = field_answer(field, outcome)
    if not answer:
        unknown = Reply(outcome="field_unknown", values={"title": outcome.title, "phone": outcome.consultation_phone})
        return state, _with_question(desk, state, unknown)
    reply = Reply(outcome="field_answer", values={"answer": answer, "title": outcome.title})
    if field in ("place", "hours") and outcome.places:
        shown = [p.model_dump(mode="json") for p in outcome.places]
        reply = reply.model_copy(update={"cards": [Card(type="place", card={"places": shown})]})
        if not outcome.region:
            reply = reply.model_copy(update={"options": region_options(desk, outcome.places)})
    if other is not None:
        return proceed_with(desk, state, reply)
    return state, _with_question(desk, state, reply)


def desk_words(text: str) -> str:
    """Follow-ups that name nothing at all, like 「多少钱」 said first: the text itself when nothing is left of it."""
    from ..desk import answering

    rest = plain(text)
    for word in sorted(answering()["follow_up_words"], key=len, reverse=True):
        rest = rest.replace(word, "")
    return plain(text) if len(rest) < 2 else ""


def proceed_with(desk: Desk, state: DialogueState, first: Reply) -> Turn:
    """Answers first, then goes on with the new target's own question where one is open."""
    state, following = proceed(desk, state)
    if following.outcome != "ask_fact":
        return state, first
    question = following.values["question"]
    values = {**first.values, "question": question}
    return state, first.model_copy(update={"values": values, "options": following.options})


def do_change(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """Corrects what was said before; what is not mentioned stays."""
    region = desk.reader.region(said.text)
    found = values_of(facts_of_text(desk, said.text, state.target)) if state.target else {}
    changed = {f: v for f, v in found.items() if f != REGION and state.facts.get(f) != v[0]}
    if region is not None and not changed:
        return _region_changed(desk, state, str(region.value))
    if not changed:
        options = change_options(desk, state) or popular(desk)
        return state, Reply(outcome="nothing_to_change", options=options)
    if region is not None:
        changed[REGION] = (region.value, region.words)
    state, reply = proceed(desk, state.with_facts(changed))
    known = desk.navigator.step(state.target or "", state.facts).facts
    told = "、".join(f"{k.label}改为「{k.answer}」" for k in known if k.fact in changed)
    return state, reply.model_copy(update={"values": {**reply.values, "changed": told}})


def _region_changed(desk: Desk, state: DialogueState, code: str) -> Turn:
    state = state.with_facts({REGION: (code, desk.city.regions[code].name)})
    values = {"region": desk.city.regions[code].name}
    if state.target is None:
        return state, Reply(outcome="region_changed", values=values, options=popular(desk))
    state, reply = proceed(desk, state)
    return state, reply.model_copy(
        update={"values": {**reply.values, **values, "changed": f"地区改为「{values['region']}」"}}
    )


def do_ask(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """A question of its own: an FAQ or policy with its source; an item is taken up; otherwise honestly none."""
    question = pending_question(desk, state)
    if question is not None and (reading := desk.reader.answer(question, said.text)) is not None:
        return proceed(desk, state.with_facts(values_of({question.fact: reading})))
    answer = ask(desk, said.text, state.facts)
    first = answer.target
    if answer.outcome is AskOutcome.ANSWERED and first is not None and first.kind in ("item", "bundle"):
        return start(desk, state, first.id, said.text)
    if answer.outcome is AskOutcome.ANSWERED and first is not None:
        items = desk.city.faqs[first.id].items if first.kind == "faq" else desk.city.policies[first.id].items
        bases = desk.city.faqs[first.id].basis if first.kind == "faq" else desk.city.policies[first.id].basis
        cited = cite(desk.city, bases)
        source = "；".join(f"《{s.title}》{s.article}" for s in cited[:2])
        reply = Reply(
            outcome="faq_answer",
            values={"answer": answer.text, "source": source, "title": first.title},
            options=target_options(_candidates(desk, list(items)[:3])),
        )
        return state, _with_question(desk, state, reply)
    if answer.outcome is AskOutcome.NEEDS_CLARIFICATION:
        found = desk.search(said.text, ("item", "bundle"))
        return offer(desk, state, said.text, found)
    reply = nothing_found(desk, said.text, tuple(c for c in answer.candidates))
    return state, _with_question(desk, state, reply)


def do_unknown(desk: Desk, state: DialogueState, said: Said) -> Turn:
    question = pending_question(desk, state)
    if question is None:
        return state, Reply(outcome="no_target", options=popular(desk))
    return proceed(desk, state.with_facts({question.fact: (UNKNOWN, said.text)}))


def do_back(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """Takes the last answer back and asks it again."""
    last = next((f for f in reversed(state.order) if f != REGION), None)
    if last is None or state.target is None:
        return state, Reply(outcome="nothing_to_change", options=popular(desk))
    state, reply = proceed(desk, state.without_fact(last))
    return state, reply.model_copy(update={"values": {**reply.values, "back": desk.city.facts[last].label}})


def do_restart(desk: Desk, state: DialogueState, said: Said) -> Turn:
    return DialogueState(), Reply(outcome="restarted", options=popular(desk))


def do_progress(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """No case data is connected: where to look and whom to ask, nothing invented."""
    where = "、".join(f"「{c.name}」" for c in desk.city.info.channels if c.kind in ("app", "web"))
    values = {"where": where, "phone": desk.city.info.consultation_phone}
    return state, _with_question(desk, state, Reply(outcome="progress_help", values=values))


def do_handover(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """A human, with what was said so far, so that nothing is asked twice."""
    step = desk.navigator.step(state.target, state.facts) if state.target else None
    subject = " · ".join([step.title, *(k.answer for k in step.facts)]) if step else ""
    values = {"phone": desk.city.info.consultation_phone}
    return state, Reply(outcome="handover", values=values, cards=[handover_card(desk, subject)])


def do_repeat(desk: Desk, state: DialogueState, said: Said) -> Turn:
    if state.target is None:
        return state, Reply(outcome="repeat_nothing", options=popular(desk))
    return proceed(desk, state)


def _again(question: AskedQuestion, outcome: str) -> Reply:
    return Reply(
        outcome=outcome,
        values={"question": question.text, "why": question.why, "help": question.help},
        options=question_options(question),
    )


def _with_question(desk: Desk, state: DialogueState, reply: Reply) -> Reply:
    """A question that is still open stays pressable below the answer."""
    question = pending_question(desk, state)
    if question is None:
        return reply
    options = question_options(question)
    return reply.model_copy(update={"values": {**reply.values, "question": question.text}, "options": options})


def _candidates(desk: Desk, ids: list[str]) -> tuple[Candidate, ...]:
    kept = [i for i in ids if desk.title(i)]
    return tuple(Candidate(i, "bundle" if i in desk.city.bundles else "item", desk.title(i)) for i in kept)


def _chosen(desk: Desk, state: DialogueState, text: str) -> str | None:
    """Which of the offered targets the text names: by number, or by a telling part of its title."""
    titles = {i: plain(desk.title(i)) for i in state.offered}
    at = desk.reader.ordinal(text, len(titles))
    if at is not None:
        return state.offered[at]
    said = plain(text)
    named = [i for i, t in titles.items() if said == t or (len(said) >= 2 and said in t)]
    return named[0] if len(named) == 1 else None


ACTS: dict[str, Callable[[Desk, DialogueState, Said], Turn]] = {
    "find": do_find,
    "answer": do_answer,
    "choose": do_choose,
    "field": do_field,
    "change": do_change,
    "ask": do_ask,
    "unknown": do_unknown,
    "back": do_back,
    "restart": do_restart,
    "progress": do_progress,
    "handover": do_handover,
    "repeat": do_repeat,
}

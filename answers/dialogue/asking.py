"""Acts that take up what was said: finding, answering, a question of its own, 「不知道」."""

from typing import NamedTuple

from knowledge_base.navigation.shown import cite
from knowledge_base.outcome import AskedQuestion

from ..ask import Answer, AskOutcome, ask
from ..desk import Desk
from ..facts import plain
from ..quantities import Reading
from ..targets import facts_of_text
from .flow import (
    Said,
    Turn,
    again,
    candidates_of,
    find,
    names_other,
    nothing_found,
    offer,
    pending_question,
    popular,
    proceed,
    start,
    taken_as,
    values_of,
    with_question,
)
from .placing import about_place, place_only
from .reply import Reply, target_options
from .state import DialogueState


def do_find(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """While a question is open, an answer comes before a new search."""
    question = pending_question(desk, state)
    if question is not None and (given := _answers(desk, state, question, said.text)) and given.readings:
        found = values_of(facts_of_text(desk, said.text, state.target or "")) | values_of(given.readings)
        return taken_as(proceed(desk, state.with_facts(found)), given.meant)
    place = place_only(desk, said.text)
    return (state, with_question(desk, state, about_place(desk, place))) if place else find(desk, state, said.text)


class _Given(NamedTuple):
    """What answers a question; `meant` is the other spelling that it was read from."""

    readings: dict[str, Reading]
    meant: str | None = None


def _answers(desk: Desk, state: DialogueState, question: AskedQuestion, text: str) -> _Given | None:
    """One that only meaning reveals gives way to another matter that the text names (None), and to what the words of a sure other
    spelling say."""
    worded = desk.reader.answers(question, text, by_meaning=False)
    if worded:
        return _Given(worded)
    if names_other(desk, state, text):
        return None
    if meant := desk.search(text, ("item", "bundle")).meant:
        readings = desk.reader.answers(question, meant, by_meaning=False)
        return _Given(readings, meant if readings else None)
    return _Given(desk.reader.answers(question, text))


def do_answer(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """The pending question, or the choice between candidates; other facts in the same text are taken too."""
    if state.offered and (chosen := _chosen(desk, state, said.text)):
        return start(desk, state, chosen, f"{state.offered_text} {said.text}")
    question = pending_question(desk, state)
    if question is None or state.target is None:
        return find(desk, state, said.text)
    given = _answers(desk, state, question, said.text)
    found = values_of(facts_of_text(desk, said.text, state.target)) | values_of(given.readings if given else {})
    if not found:
        return find(desk, state, said.text) if given is None else (state, again(question, "unclear_answer"))
    return taken_as(proceed(desk, state.with_facts(found)), given.meant if given else None)


def do_ask(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """A question of its own: an FAQ or policy with its source; an item is taken up; otherwise honestly none."""
    question = pending_question(desk, state)
    if question is not None and (given := _answers(desk, state, question, said.text)) and given.readings:
        return taken_as(proceed(desk, state.with_facts(values_of(given.readings))), given.meant)
    if (place := place_only(desk, said.text)) is not None:
        return state, with_question(desk, state, about_place(desk, place))
    answer = _about_the_matter(desk, state, said.text) or ask(desk, said.text, state.facts)
    first = answer.target
    if answer.outcome is AskOutcome.ANSWERED and first is not None and first.kind in ("item", "bundle"):
        return start(desk, state, first.id, said.text, answer.meant)
    if answer.outcome is AskOutcome.ANSWERED and first is not None:
        items = desk.city.faqs[first.id].items if first.kind == "faq" else desk.city.policies[first.id].items
        bases = desk.city.faqs[first.id].basis if first.kind == "faq" else desk.city.policies[first.id].basis
        cited = cite(desk.city, bases)
        source = "；".join(f"《{s.title}》{s.article}" for s in cited[:2])
        reply = Reply(
            outcome="faq_answer",
            values={"answer": answer.text, "source": source, "title": first.title},
            options=target_options(candidates_of(desk, list(items)[:3])),
        )
        return state, with_question(desk, state, reply)
    if answer.outcome is AskOutcome.NEEDS_CLARIFICATION:
        found = desk.search(said.text, ("item", "bundle"))
        return offer(desk, state, said.text, found)
    reply = nothing_found(desk, said.text, tuple(c for c in answer.candidates), answer.meant)
    return state, with_question(desk, state, reply)


def _about_the_matter(desk: Desk, state: DialogueState, text: str) -> Answer | None:
    """An FAQ of the matter at hand that fits the text said after it: 「一年能提几回」 means withdrawals from the fund."""
    if state.target is None:
        return None
    parts = {state.target, *(p.item.id for p in desk.navigator.plan(state.target).parts)}
    answer = ask(desk, f"{desk.title(state.target)}，{text}", state.facts)
    first = answer.target
    if first is None or first.kind != "faq" or answer.outcome is not AskOutcome.ANSWERED:
        return None
    return answer if parts & set(desk.city.faqs[first.id].items) else None


def do_unknown(desk: Desk, state: DialogueState, said: Said) -> Turn:
    question = pending_question(desk, state)
    if question is None:
        return state, Reply(outcome="no_target", options=popular(desk))
    unknown = question.options[-1].facts
    return proceed(desk, state.with_facts({fact: (value, said.text) for fact, value in unknown.items()}))


def _chosen(desk: Desk, state: DialogueState, text: str) -> str | None:
    """Which of the offered targets the text names: by number, or by a telling part of its title."""
    titles = {i: plain(desk.title(i)) for i in state.offered}
    at = desk.reader.ordinal(text, len(titles))
    if at is not None:
        return state.offered[at]
    said = plain(text)
    named = [i for i, t in titles.items() if said == t or (len(said) >= 2 and said in t)]
    return named[0] if len(named) == 1 else None

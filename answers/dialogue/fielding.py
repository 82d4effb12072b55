"""The act of a follow-up: one field of the guide at hand, or of another item that the text names."""

from ..desk import Desk, answering
from ..facts import plain
from ..fields import FIELDS, about_material, field_answer, material_named
from ..targets import facts_of_text
from .flow import Said, Turn, current_outcome, names_other, offer, popular, proceed, values_of, with_question
from .reply import Card, Reply, region_options
from .state import DialogueState


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
        return state, with_question(desk, state, Reply(
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
        return state, with_question(desk, state, unknown)
    reply = Reply(outcome="field_answer", values={"answer": answer, "title": outcome.title})
    if field in ("place", "hours") and outcome.places:
        shown = [p.model_dump(mode="json") for p in outcome.places]
        reply = reply.model_copy(update={"cards": [Card(type="place", card={"places": shown})]})
        if not outcome.region:
            reply = reply.model_copy(update={"options": region_options(desk, outcome.places)})
    if other is not None:
        return proceed_with(desk, state, reply)
    return state, with_question(desk, state, reply)


def desk_words(text: str) -> str:
    """Follow-ups that name nothing at all, like 「多少钱」 said first: the text itself when nothing is left of it."""
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

"""The act of a follow-up: one field of the guide at hand, or of another item that the text names."""

from knowledge_base.outcome import NeededMaterial, Outcome

from ..desk import Desk
from ..facts import plain
from ..fields import FIELDS, about_material, field_answer, material_named
from ..targets import facts_of_text
from .flow import Said, Turn, current_outcome, names_other, offer, popular, proceed, values_of, with_question
from .placing import about_place, place_named, without_follow_up
from .reply import Card, Reply, region_options
from .state import DialogueState

PLACE_FIELDS = ("place", "hours", "phone")


def do_field(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """A field of the current outcome; a material named in the text is answered by itself; another item is found first."""
    field = said.field if said.field in FIELDS else "materials"
    outcome = current_outcome(desk, state)
    named = _material_asked(desk, said.text, field, outcome)
    if named is not None and outcome is not None:
        values = {"answer": about_material(named, desk.city), "title": outcome.title}
        return state, with_question(desk, state, Reply(outcome="field_answer", values=values))
    place = place_named(desk, said.text) if field in PLACE_FIELDS else None
    if place is not None:
        return state, with_question(desk, state, about_place(desk, place))
    other = names_other(desk, state, said.text)
    if other is None and state.target is None:
        return _about_nothing(desk, state, said.text)
    if other is not None:
        state = state.about(other.id)
    assert state.target is not None
    state = state.with_facts(values_of(facts_of_text(desk, said.text, state.target)))
    if other is not None and field == "materials":
        # The check-list depends on the answers most of all: ask first, then show the exact one.
        return proceed(desk, state, opening=other.title)
    reply = _answer(desk, state, field)
    if other is not None:
        reply = reply.model_copy(update={"values": {**reply.values, "opening": other.title}})
        question = proceed(desk, state)
        state = question[0]
    return state, with_question(desk, state, reply)


def _answer(desk: Desk, state: DialogueState, field: str) -> Reply:
    outcome = current_outcome(desk, state)
    assert outcome is not None
    answer = field_answer(field, outcome)
    if not answer:
        return Reply(outcome="field_unknown", values={"title": outcome.title, "phone": outcome.consultation_phone})
    reply = Reply(outcome="field_answer", values={"answer": answer, "title": outcome.title})
    if field == "online" and outcome.rehearsals:
        entries = [r.model_dump(mode="json") for r in outcome.rehearsals]
        return reply.model_copy(update={"cards": [Card(type="rehearsal", card={"rehearsals": entries})]})
    if field not in ("place", "hours") or not outcome.places:
        return reply
    shown = [p.model_dump(mode="json") for p in outcome.places]
    options = [] if outcome.region else region_options(desk, outcome.places)
    return reply.model_copy(update={"cards": [Card(type="place", card={"places": shown})], "options": options})


def _material_asked(desk: Desk, text: str, field: str, outcome: Outcome | None) -> NeededMaterial | None:
    """The one material that the question is about; asking for the whole list is not about one."""
    if outcome is None or field not in ("materials", "original"):
        return None
    named = material_named(text, outcome, desk.city)
    whole = field == "materials" and named is not None and len(without_follow_up(text)) > len(plain(named.name)) + 1
    return None if whole else named


def _about_nothing(desk: Desk, state: DialogueState, text: str) -> Turn:
    """A follow-up without a matter: what it names is offered, or asked for."""
    if len(without_follow_up(text)) < 2:
        return state, Reply(outcome="no_target", options=popular(desk))
    return offer(desk, state, text, desk.search(text, ("item", "bundle")))

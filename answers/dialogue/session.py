"""Acts about the conversation itself."""

from ..desk import Desk
from .flow import (
    Said,
    Turn,
    popular,
    proceed,
    with_question,
)
from .reply import Reply, handover_card
from .state import DialogueState


def do_restart(desk: Desk, state: DialogueState, said: Said) -> Turn:
    return DialogueState(), Reply(outcome="restarted", options=popular(desk))


def do_progress(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """No case data is connected: where to look and whom to ask, nothing invented."""
    where = "、".join(f"「{c.name}」" for c in desk.city.info.channels if c.kind in ("app", "web"))
    values = {"where": where, "phone": desk.city.info.consultation_phone}
    return state, with_question(desk, state, Reply(outcome="progress_help", values=values))


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

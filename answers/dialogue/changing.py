"""Acts that move between answers: a pressed option, a correction, one step back."""

from knowledge_base.navigation import REGION, tokens

from ..desk import Desk
from ..targets import facts_of_text
from .flow import (
    Said,
    Turn,
    candidates_of,
    find,
    nothing_found,
    popular,
    proceed,
    start,
    values_of,
    with_question,
)
from .reply import Reply, change_options
from .session import do_handover, do_restart
from .state import DialogueState


def do_choose(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """An option that was pressed. An option of an older question still counts: it changes that answer."""
    try:
        kind, *rest = tokens.decode(said.token)
    except ValueError:
        return state, Reply(outcome="unclear_answer", values={"question": ""}, options=popular(desk))
    match kind, rest:
        case "a", [str(target), *stated] if desk.title(target) and (facts := tokens.facts(stated, desk.city.facts)):
            moved = state if state.target == target else state.about(target)
            return proceed(desk, moved.with_facts({fact: (value, "") for fact, value in facts.items()}))
        case "t", [str(target)] if desk.title(target):
            return start(desk, state, target, state.offered_text)
        case "r", [str(code)] if code in desk.city.regions:
            return _region_changed(desk, state, code)
        case "c", [str(fact)] if fact in state.facts:
            return proceed(desk, state.without_fact(fact))
        case "s", [str(text)] if text.strip():
            return find(desk, state, text)
        case "x", ["restart"]:
            return do_restart(desk, state, said)
        case "x", ["handover"]:
            return do_handover(desk, state, said)
        case "x", ["none"]:
            candidates = candidates_of(desk, state.offered)
            cleared = state.model_copy(update={"offered": [], "offered_text": ""})
            return cleared, nothing_found(desk, state.offered_text, candidates)
    return state, Reply(outcome="unclear_answer", values={"question": ""}, options=popular(desk))


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


def do_back(desk: Desk, state: DialogueState, said: Said) -> Turn:
    """Takes the last answer back, with all that it stated, and asks it again."""
    last = next((known for told in reversed(state.told) if (known := [f for f in told if f != REGION])), None)
    if last is None or state.target is None:
        reply = Reply(outcome="nothing_to_change", options=popular(desk))
        return state, with_question(desk, state, reply)
    for fact in last:
        state = state.without_fact(fact)
    state, reply = proceed(desk, state)
    labels = "、".join(desk.city.facts[f].label for f in last)
    return state, reply.model_copy(update={"values": {**reply.values, "back": labels}})

"""What an act comes to: a named outcome, values for its wording, cards and options. The wording itself is the assistant's."""

from typing import Any, Literal

from pydantic import BaseModel

from knowledge_base.navigation import ONE_BY_ONE, tokens
from knowledge_base.outcome import AskedQuestion, Outcome, PlaceShown

from ..desk import Candidate, Desk
from .state import DialogueState

CardType = Literal["guide", "bundle", "place", "related", "rehearsal", "handover", "notice"]


class Option(BaseModel):
    """A button. `id` is an opaque token (knowledge_base.navigation.tokens)."""

    id: str
    label: str
    hint: str = ""


class Card(BaseModel):
    type: CardType
    text: str | None = None
    card: dict[str, Any] | None = None


class Reply(BaseModel):
    """`outcome` names the wording to use; see docs/architecture.md for the names."""

    outcome: str
    values: dict[str, str] = {}
    cards: list[Card] = []
    options: list[Option] = []


def question_options(question: AskedQuestion) -> list[Option]:
    return [Option(id=o.id, label=o.label, hint=o.hint) for o in question.options]


def target_options(candidates: tuple[Candidate, ...] | list[Candidate]) -> list[Option]:
    return [Option(id=tokens.encode("t", c.id), label=c.title) for c in candidates]


def region_options(desk: Desk, places: tuple[PlaceShown, ...]) -> list[Option]:
    """Districts that have a place for it, to narrow the card down."""
    codes = dict.fromkeys(p.region for p in places)
    return [Option(id=tokens.encode("r", r.code), label=r.name) for r in desk.city.districts if r.code in codes]


def command(name: str, label: str) -> Option:
    """name: restart, handover, none."""
    return Option(id=tokens.encode("x", name), label=label)


def meant_options(text: str | None) -> list[Option]:
    """Another spelling of what was typed, to be said instead by who presses it; none where it is too long for a button."""
    token = tokens.encode("s", text)
    return [Option(id=token, label=f"您是不是要找「{text}」")] if text and len(token) <= tokens.MAX_LENGTH else []


def change_options(desk: Desk, state: DialogueState) -> list[Option]:
    """One button for each known fact, to answer it anew."""
    known = [f for told in state.told for f in told if f in desk.city.facts and f != ONE_BY_ONE]
    return [Option(id=tokens.encode("c", f), label=f"改：{desk.city.facts[f].label}") for f in known]


def link_card(candidates: tuple[Candidate, ...]) -> Card:
    return Card(type="related", card={"entries": [{"id": c.id, "kind": c.kind, "title": c.title} for c in candidates]})


def handover_card(desk: Desk, subject: str) -> Card:
    """A human: the line, and what to tell so that nothing is asked twice."""
    line = next((c for c in desk.city.info.channels if c.kind == "phone"), None)
    return Card(
        type="handover",
        card={
            "phone": desk.city.info.consultation_phone,
            "name": line.name if line else "",
            "description": line.description if line else "",
            "subject": subject,
        },
    )


def outcome_reply(desk: Desk, outcome: Outcome, opening: str = "") -> Reply:
    """The card of an outcome, or why there is nothing to handle."""
    values = {"title": outcome.title, "situation": outcome.situation, "text": outcome.explanation, "opening": opening}
    if outcome.kind != "handle":
        options = (
            [Option(id=tokens.encode("t", outcome.other_item), label=outcome.other_item_title)]
            if outcome.other_item
            else []
        )
        return Reply(
            outcome=str(outcome.kind),
            values={**values, "target_title": outcome.other_item_title, "source": sources(outcome)},
            options=[*options, command("restart", "重新开始")],
        )
    kind: CardType = (outcome.target_kind == "bundle" and "bundle") or "guide"
    options = [] if outcome.region else region_options(desk, outcome.places)
    if options:
        values["ask_region"] = "yes"
    return Reply(
        outcome=f"{kind}_ready",
        values=values,
        cards=[Card(type=kind, card=outcome.model_dump(mode="json"))],
        options=options,
    )


def sources(outcome: Outcome) -> str:
    return "；".join(f"《{s.title}》{s.article}" for s in outcome.source[:2])

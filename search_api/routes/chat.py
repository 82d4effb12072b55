"""The conversation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from answers.dialogue import pending_question

from .. import gateway
from ..pages import link
from ..payloads import ChatMessage, ChatRequest, ChatResponse, ChatTurn, Conversation
from ..problems import ProblemError
from ..resources import Resources, resources

router = APIRouter(prefix="/v1", tags=["chat"])
Held = Annotated[Resources, Depends(resources)]


@router.post("/chat")
async def chat(asked: ChatRequest, held: Held) -> ChatResponse:
    """One turn: what was written, or the option that was pressed."""
    if (asked.text is None) == (asked.choice is None):
        raise ProblemError(422, "请打字（text）或按一个选项（choice），两者给一个。")
    messages = await gateway.turn(held, asked.conversation, asked.text, asked.choice, asked.turn)
    return ChatResponse(conversation=asked.conversation, messages=messages)


@router.get("/chat/{conversation}")
def read_back(conversation: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{8,64}$")], held: Held) -> Conversation:
    """What was said so far and what is known, so that a reload loses nothing."""
    if not held.conversations.exists(conversation):
        raise ProblemError(404, "没有这段对话，可能已经过期。")
    state = held.state(conversation)
    turns = [
        ChatTurn(said=t.said, at=t.at.isoformat(), messages=[ChatMessage(**m) for m in t.messages])
        for t in held.conversations.turns(conversation)
    ]
    desk = held.desk
    target = desk.city.items.get(state.target or "") or desk.city.bundles.get(state.target or "") if desk else None
    return Conversation(
        conversation=conversation,
        turns=turns,
        target=link("bundle" if state.target in held.in_force.bundles else "item", target) if target else None,
        facts=list(desk.navigator.step(target.id, state.facts).facts) if desk and target else [],
        question=pending_question(desk, state) if desk and target else None,
    )

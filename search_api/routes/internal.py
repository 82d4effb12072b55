"""For the assistant's actions only (loopback, shared secret): one act of a conversation."""

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field

from answers.dialogue import ACTS, Reply, Said
from index.errors import EngineUnavailable, IndexError_

from ..masking import mask
from ..problems import ProblemError
from ..resources import Resources, resources

router = APIRouter(prefix="/internal", include_in_schema=False)
VISITED = 12
"""Matters that a conversation remembers having been about."""
Act = Literal[
    "find", "answer", "choose", "field", "change", "ask", "unknown", "back", "restart", "progress", "handover", "repeat"
]


class DialogueRequest(BaseModel):
    conversation: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    act: Act
    text: Annotated[str, Field(max_length=600)] = ""
    token: Annotated[str, Field(max_length=300)] = ""
    field: Annotated[str, Field(max_length=40)] = ""


class DialogueResponse(Reply):
    """`slots` mirror what Rasa's rules need."""

    slots: dict[str, Any]


async def trusted(
    held: Annotated[Resources, Depends(resources)], x_internal_token: Annotated[str, Header()] = ""
) -> None:
    """Raises a 403 problem for anyone without the shared secret."""
    secret = held.settings.internal_token.get_secret_value()
    if not secret or not secrets.compare_digest(secret.encode(), x_internal_token.encode()):
        raise ProblemError(403, "这个接口只供内部使用。")


@router.post("/dialogue", dependencies=[Depends(trusted)])
def dialogue(asked: DialogueRequest, held: Annotated[Resources, Depends(resources)]) -> DialogueResponse:
    state = held.state(asked.conversation)
    try:
        if held.desk is None:
            raise EngineUnavailable(held.index_problem)
        after, reply = ACTS[asked.act](held.desk, state, Said(asked.text, asked.token, asked.field))
    except IndexError_:
        phone = held.city.info.consultation_phone
        return DialogueResponse(outcome="unavailable", values={"phone": phone}, slots={})
    after = after.model_copy(
        update={"words": {f: mask(w) for f, w in after.words.items()}, "offered_text": mask(after.offered_text)}
    )
    if after.target and after.target not in after.visited:
        held.usage.asked(after.target, after.visited)
        after = after.model_copy(update={"visited": [*after.visited, after.target][-VISITED:]})
    if after != state:
        held.conversations.save_state(asked.conversation, after)
    slots = {"has_target": after.target is not None, "pending": after.pending}
    return DialogueResponse(**reply.model_dump(), slots=slots)

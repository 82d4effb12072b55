"""A single question without a conversation."""

from typing import Annotated

from fastapi import APIRouter, Depends

from answers.ask import ask
from answers.desk import Candidate, Desk

from ..pages import link
from ..payloads import AskRequest, AskResponse, Link
from ..resources import desk

router = APIRouter(prefix="/v1", tags=["ask"])


@router.post("/ask")
def ask_route(asked: AskRequest, desk: Annotated[Desk, Depends(desk)]) -> AskResponse:
    """The answer with its source, or honestly none and the nearest."""
    answer = ask(desk, asked.text, asked.facts)
    return AskResponse(
        outcome=answer.outcome,
        answer=answer.text,
        source=list(answer.source),
        confidence=round(answer.confidence, 4),
        candidates=[found for c in answer.candidates if (found := _link(desk, c))],
        target=_link(desk, answer.target) if answer.target else None,
        question=answer.question,
    )


def _link(desk: Desk, candidate: Candidate) -> Link | None:
    entity = desk.entity(candidate.kind, candidate.id)
    return link(candidate.kind, entity) if entity else None

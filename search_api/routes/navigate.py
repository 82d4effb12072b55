"""Navigation without a conversation: facts in, the next question or the outcome out."""

from typing import Annotated

from fastapi import APIRouter, Depends

from answers.desk import Desk
from knowledge_base.navigation import UnknownTarget
from knowledge_base.navigation.graph import graph

from ..payloads import NavigateRequest, NavigateResponse, QuestionGraph
from ..problems import ProblemError
from ..resources import desk

router = APIRouter(prefix="/v1", tags=["navigate"])
NO_TARGET = "没有这个事项，可能已经下架。"


@router.post("/navigate")
def navigate(asked: NavigateRequest, desk: Annotated[Desk, Depends(desk)]) -> NavigateResponse:
    """What is known is never asked; a fact that does not fit is dropped and told."""
    try:
        step = desk.navigator.step(asked.target, asked.facts)
    except UnknownTarget as error:
        raise ProblemError(404, NO_TARGET) from error
    return NavigateResponse(
        target=step.target,
        target_kind=step.target_kind,
        title=step.title,
        question=step.question,
        outcome=step.outcome,
        facts=list(step.facts),
        dropped=list(step.dropped),
        state=step.state,
    )


@router.get("/navigate/{target}")
def question_graph(target: str, desk: Annotated[Desk, Depends(desk)]) -> QuestionGraph:
    """Every question that can come and every outcome."""
    try:
        return QuestionGraph.model_validate(graph(desk.navigator, target), from_attributes=True)
    except UnknownTarget as error:
        raise ProblemError(404, NO_TARGET) from error

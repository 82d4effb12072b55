"""Routes read by one model say of wrong parameters what FastAPI would say, and take the same right ones."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Path, Query, Request
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import BaseModel

from search_api import problems
from search_api.quick import QuickRoute


class Answer(BaseModel):
    told: list[str]


async def of_request(request: Request) -> str:
    return request.url.path


def route(
    number: Annotated[int, Path(ge=1)],
    where: Annotated[str, Depends(of_request)],
    q: Annotated[str, Query(min_length=1, max_length=5)],
    kind: Literal["a", "b"] | None = None,
    limit: Annotated[int, Query(ge=1, le=9)] = 3,
    who: Annotated[str | None, Cookie()] = None,
) -> Answer:
    return Answer(told=[str(number), where, q, str(kind), str(limit), str(who)])


@pytest.fixture(scope="module")
def clients() -> list[TestClient]:
    """As FastAPI does it, then ours."""
    made = []
    for kind in (APIRoute, QuickRoute):
        app = FastAPI()
        router = APIRouter(route_class=kind)
        router.get("/at/{number}")(route)
        app.include_router(router)
        problems.install(app)
        made.append(TestClient(app, cookies={"who": "me"}))
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/at/1?q=x",
        "/at/1?q=%E8%AF%81&kind=b&limit=9&more=1",
        "/at/1?q=x&q=yy",
        "/at/1",
        "/at/1?q=",
        "/at/1?q=abcdef&limit=10&kind=c",
        "/at/1?q=x&limit=&kind=",
        "/at/0?q=x",
        "/at/one?q=x&limit=many",
    ],
)
def test_both_answer_alike(clients: list[TestClient], path: str) -> None:
    usual, quick = (client.get(path) for client in clients)
    assert (quick.status_code, quick.json()) == (usual.status_code, usual.json())
    assert quick.headers["content-type"] == usual.headers["content-type"]

"""Routes that are asked while people type: FastAPI reads parameter by parameter, and asks of each what kind of thing it is,
which for the nine of a search costs a millisecond of processor time. Declared as any other route, they are read by one
pydantic model, to the same values, errors and documentation."""

from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError, create_model
from starlette.concurrency import run_in_threadpool

_SOURCES = ("path", "query", "cookie")


class QuickRoute(APIRoute):
    """For functions (in a thread) and coroutines that take parameters of the path, the query and cookies, depend on coroutines that
    take the request alone, and give a payload or a response."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        dependant, function = self.dependant, self.endpoint
        shapes = [(source, _shape(getattr(dependant, f"{source}_params"))) for source in _SOURCES]
        wanted = [(source, shape) for source, shape in shapes if shape is not None]
        waits = iscoroutinefunction(function)
        needs = [(need.name or "", need.call) for need in dependant.dependencies]

        async def handle(request: Request) -> Response:
            values: dict[str, Any] = {name: await call(request) for name, call in needs if call is not None}
            wrong: list[Any] = []
            for source, shape in wanted:
                try:
                    values |= shape.model_validate(_given(request, source)).__dict__
                except ValidationError as error:
                    found = error.errors(include_url=False)
                    wrong += [{**entry, "loc": (source, *entry["loc"])} for entry in found]
            if wrong:
                raise RequestValidationError(wrong)
            answer = await (function(**values) if waits else run_in_threadpool(function, **values))
            if isinstance(answer, BaseModel):  # checked when it was made
                return Response(answer.model_dump_json(), media_type="application/json")
            assert isinstance(answer, Response)
            return answer

        return handle


def _given(request: Request, source: str) -> dict[str, Any]:
    match source:
        case "path":
            return request.path_params
        case "query":
            return dict(request.query_params)
        case _:
            return request.cookies


def _shape(parameters: list[Any]) -> type[BaseModel] | None:
    """One model of all the parameters, by the names under which they come."""
    fields: dict[str, Any] = {p.name: (p.field_info.annotation, p.field_info) for p in parameters}
    return create_model("Given", **fields) if fields else None

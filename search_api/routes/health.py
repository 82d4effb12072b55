"""Whether it lives, whether it is ready, and how it does."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ..payloads import Readiness
from ..resources import Resources, resources

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Readiness)
def readyz(held: Annotated[Resources, Depends(resources)]) -> Response:
    """503 names the part that is missing. Without the encoder search is lexical: degraded, but ready."""
    encoder = "未就绪" if held.desk is None else "缺失，搜索只按字词" if held.desk.index.degraded else "ok"
    parts = {
        "search": held.index_problem or ("ok" if held.desk is not None else "未就绪"),
        "encoder": encoder,
        "assistant": "ok" if held.assistant_ready else "正在启动",
    }
    ready = parts["search"] == "ok" and parts["assistant"] == "ok"
    return JSONResponse(Readiness(ready=ready, parts=parts).model_dump(), 200 if ready else 503)


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

"""Errors as RFC 9457 problem details in Chinese. One handler for all; nothing internal is told."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from index.errors import IndexError_

log = logging.getLogger(__name__)

TITLES = {
    400: "请求有误",
    401: "没有权限",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "与现有内容冲突",
    413: "内容太大",
    422: "填写有误",
    429: "访问太频繁",
    500: "系统出错",
    503: "暂时不可用",
}
_DETAILS = {
    "missing": "缺少这一项",
    "string_too_long": "太长了，最多{max_length}个字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "格式不对",
    "string_type": "应当是文字",
    "json_invalid": "不是合法的 JSON",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "int_parsing": "应当是整数",
    "literal_error": "只能是：{expected}",
    "enum": "只能是：{expected}",
    "dict_type": "应当是“名称：取值”的形式",
    "model_attributes_type": "应当是一个对象",
    "too_long": "太多了，最多{max_length}项",
}


class ProblemError(Exception):
    """Raised by routes; carries what the person is told."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: dict[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        self.status, self.detail, self.headers, self.errors = status, detail, headers, errors
        super().__init__(detail)


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def _told(error: dict[str, Any]) -> str:
    template = _DETAILS.get(error["type"], "不符合要求")
    context = {k: v for k, v in error.get("ctx", {}).items() if isinstance(v, str | int | float)}
    try:
        return template.format(**context)
    except KeyError:
        return "不符合要求"


def install(app: FastAPI) -> None:
    """Registers the handlers."""

    @app.exception_handler(ProblemError)
    async def _problem(_: Request, error: ProblemError) -> JSONResponse:
        return problem(error.status, error.detail, error.errors, error.headers)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        told = {404: "没有这个页面或接口。", 405: "这个接口不支持这种操作。", 400: "请求的内容读不懂。"}
        detail = told.get(error.status_code, TITLES.get(error.status_code, "请求没有完成"))
        return problem(error.status_code, detail, headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"field": ".".join(str(p) for p in e["loc"][1:]) or str(e["loc"][0]), "detail": _told(dict(e))}
            for e in error.errors()
        ]
        first = errors[0] if errors else {"field": "", "detail": "不符合要求"}
        return problem(422, f"「{first['field']}」{first['detail']}。", errors)

    @app.exception_handler(IndexError_)
    async def _engine(_: Request, error: IndexError_) -> JSONResponse:
        log.warning("index: %r", error)
        return problem(503, "搜索服务暂时连不上，请稍后再试，或拨打12345。", headers={"Retry-After": "5"})

    @app.exception_handler(UnicodeDecodeError)
    async def _encoding(_: Request, error: UnicodeDecodeError) -> JSONResponse:
        return problem(400, "内容的编码不是 UTF-8。")

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", exc_info=error)
        return problem(500, "系统出错了，您的内容没有丢，请稍后再试，或拨打12345。")

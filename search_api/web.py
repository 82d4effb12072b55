"""The built front end: files of web/dist, and its index page for every path that is a page of the application."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from .problems import problem

PREFIXES = ("v1", "internal", "assets", "healthz", "readyz", "metrics", "openapi.json", "docs")


def install(app: FastAPI, dist: Path) -> None:
    """Serves `dist`. Without a build every page says so instead of pretending."""
    if (dist / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=dist / "assets"), name="assets")
    root = dist.resolve()

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(path: str, request: Request) -> Response:
        if path.split("/", 1)[0] in PREFIXES or "\x00" in path:
            return problem(404, "没有这个页面或接口。")
        file = (root / path).resolve()
        if path and file.is_relative_to(root) and file.is_file():
            return FileResponse(file)
        index = root / "index.html"
        if not index.is_file():
            return problem(503, "网页还没有构建，请先运行 make setup。")
        return FileResponse(index, headers={"cache-control": "no-cache"})

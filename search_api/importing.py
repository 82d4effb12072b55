"""Imports for the routes: mappings saved by name, and files read, compared and written in a process of their own."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge_base.exchange.apart import Done, Job, Refusal
from knowledge_base.exchange.mapping import Mapping
from knowledge_base.exchange.settings import limits

from .database import Base, now
from .problems import ProblemError
from .settings import ROOT

STATUS = {"file": 422, "size": 413, "changed": 409}
_ONE_AT_A_TIME = threading.Lock()
"""So that files of many editors do not add up in memory."""


class MappingRow(Base):
    __tablename__ = "import_mappings"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Mappings:
    """Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def every(self) -> list[MappingRow]:
        """Newest first."""
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(select(MappingRow).order_by(MappingRow.at.desc())))

    def named(self, name: str) -> Mapping:
        """Raises a 404 problem."""
        with Session(self.engine) as session:
            row = session.get(MappingRow, name)
            if row is None:
                raise ProblemError(404, f"没有存过叫「{name}」的列对应。")
            return Mapping.model_validate(row.mapping)

    def save(self, name: str, mapping: Mapping, who: str) -> None:
        """Takes the place of an older one of the same name."""
        with Session(self.engine) as session, session.begin():
            session.merge(MappingRow(name=name, mapping=mapping.model_dump(mode="json"), who=who, at=now()))


async def received(body: AsyncIterator[bytes]) -> Path:
    """The body in a file of its own, which the caller removes; none is left where it does not come to its end."""
    descriptor, name = tempfile.mkstemp(prefix="import-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            async for piece in body:
                out.write(piece)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def run_apart(job: Job) -> Done:
    """Raises a problem for whatever the import refuses, and when it takes too long or too much memory."""
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise ProblemError(503, "另一份文件正在导入，请过一会儿再试。", {"Retry-After": "10"})
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "knowledge_base.exchange.apart"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            input=job.model_dump_json().encode(),
            stdout=subprocess.PIPE,
            timeout=limits().process_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProblemError(413, f"文件处理了 {limits().process_seconds:g} 秒还没完，请拆成几个小文件。") from error
    finally:
        _ONE_AT_A_TIME.release()
    if ended.returncode:
        raise ProblemError(413, "文件内容太多，处理不了，请拆成几个文件。")
    done = Done.model_validate_json(ended.stdout)
    if done.refusal:
        raise refused(done.refusal)
    return done


def refused(refusal: Refusal) -> ProblemError:
    """With every place that is known, by table, row and column."""
    errors = [{"field": _place(issue), "detail": issue["message"]} for issue in refusal.issues]
    return ProblemError(STATUS[refusal.why], f"{refusal.detail.rstrip('。')}。", errors=errors)


def _place(issue: dict[str, Any]) -> str:
    row = f"第{issue['row']}行" if issue["row"] else ""
    return " ".join(part for part in (issue["table"], row, issue["column"]) if part)

"""The application: opens what it needs in its lifespan, closes it there."""

import asyncio
import contextlib
import gc
import logging
import sys
import time
from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from index import IndexError_, IndexSettings, default_encoder
from knowledge_base.store.locks import Busy

from . import problems, web
from .accounts import Accounts
from .bounds import Bounds
from .database import Conversations, open_database
from .knowledge import Knowledge
from .resources import Resources
from .routes import (
    ask,
    batches,
    benefits,
    chat,
    curations,
    health,
    imports,
    internal,
    knowledge,
    maintain,
    navigate,
    rehearsals,
    search,
    session,
)
from .settings import ENCODERS, Settings
from .usage import Usage, numbers

log = logging.getLogger(__name__)
FOLLOW_SECONDS, STARTING_POLL_SECONDS, READY_POLL_SECONDS, RETENTION_SECONDS = 0.5, 0.5, 5.0, 6 * 3600
STARTING_POLL_SHARE = 0.05
"""Of the time that the assistant has been away: the longer, the more seldom it is asked, and a start takes a twentieth longer at
most."""

SWITCH_SECONDS = 0.002
"""A search leaves the interpreter's lock a dozen times for short native work; with Python's 5 ms it would wait for it as often, and
with less than 2 ms two threads on two cores hand it on so often that both lose by it (docs/performance.md)."""

YOUNG_OBJECTS = 10_000
"""So many more objects than went are looked through for cycles. A search makes a thousand and leaves none; with Python's 700 each
was looked through once, and everything that stays every 150 searches, for 20 ms in which nothing else runs."""


def index_settings(settings: Settings) -> IndexSettings:
    key = settings.elasticsearch_api_key
    return IndexSettings(
        path=settings.index_path,
        elasticsearch_url=settings.elasticsearch_url,
        encoder_dir=settings.encoder_dir or default_encoder(ENCODERS),
        api_key=key.get_secret_value() if key else None,
        ca_certs=settings.elasticsearch_ca_certs,
        name=settings.elasticsearch_name,
    )


async def _follow(held: Resources) -> None:
    """Opens the index when it can be (Elasticsearch may come later), publishes what is due, serves what was published."""
    while True:
        try:
            await run_in_threadpool(held.knowledge.follow)
            await run_in_threadpool(held.knowledge.look)
            held.index_problem = ""
        except Busy as error:  # of no concern while the old content is served
            held.index_problem = "" if held.desk else str(error)
        except (IndexError_, SQLAlchemyError) as error:
            told = str(error) or "索引打不开"
            if told != held.index_problem:
                log.warning("knowledge: %s", told)
            held.index_problem = told
        await asyncio.sleep(FOLLOW_SECONDS)


async def _count(held: Resources) -> None:
    """Keeps the counters of use; while the database is away they wait."""
    while True:
        try:
            await run_in_threadpool(held.usage.write)
            if held.desk is not None:
                await run_in_threadpool(held.desk.index.favour, held.usage.popular)
        except (IndexError_, SQLAlchemyError) as error:
            log.warning("usage: %s", error)
        await asyncio.sleep(numbers().write_seconds)


async def _watch_assistant(held: Resources) -> None:
    """Keeps `assistant_ready` true to life."""
    away_since = time.monotonic()
    while True:
        held.assistant_ready = await _answers(held, held.settings.rasa_url, "/") and await _answers(
            held, held.settings.actions_url, "/health"
        )
        if held.assistant_ready:
            away_since = time.monotonic()
            await asyncio.sleep(READY_POLL_SECONDS)
        else:
            away = time.monotonic() - away_since
            await asyncio.sleep(min(max(STARTING_POLL_SECONDS, away * STARTING_POLL_SHARE), READY_POLL_SECONDS))


async def _answers(held: Resources, url: str, path: str) -> bool:
    try:
        return (await held.http.get(url + path, timeout=2.0)).status_code == 200
    except httpx.HTTPError:
        return False


async def _retain(held: Resources) -> None:
    while True:
        forgotten = await run_in_threadpool(held.conversations.forget_older_than, held.settings.conversation_days)
        if forgotten:
            log.info("forgot %d old conversations", forgotten)
        await asyncio.sleep(RETENTION_SECONDS)


def create_app(settings: Settings | None = None, knowledge_kind: type[Knowledge] = Knowledge) -> FastAPI:
    """`knowledge_kind` is what is served and followed; benchmarks give their own."""
    settings = settings or Settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(YOUNG_OBJECTS)
        engine = await run_in_threadpool(open_database, settings.database_url)
        knowledge = await run_in_threadpool(
            knowledge_kind, engine, settings.city, index_settings(settings), settings.publishes
        )
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=settings.chat_at_once + 4)) as http:
            held = Resources(
                settings,
                knowledge,
                Conversations(engine),
                Accounts(engine),
                Usage(engine),
                http,
                asyncio.Semaphore(settings.chat_at_once),
            )
            app.state.resources = held
            jobs = [asyncio.create_task(job(held)) for job in (_follow, _watch_assistant, _retain, _count)]
            yield
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            with contextlib.suppress(SQLAlchemyError):
                await run_in_threadpool(held.usage.write)
            knowledge.close()
        engine.dispose()

    app = FastAPI(
        title="城市政务服务智能助手与搜索",
        version="0.1.0",
        description="按老百姓的说法找到准确的事项、情形和材料。内容为示例，请以官方公布为准。",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Bounds, settings=settings)
    problems.install(app)
    public = (search, knowledge, navigate, benefits, rehearsals, ask, chat, health)
    for router in (*public, session, maintain, batches, curations, imports, internal):
        app.include_router(router.router)
    web.install(app, settings.web_dist)
    return app

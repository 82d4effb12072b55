"""Counters of use: ids only, added up across processes, fading; nobody is told of what too few asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from search_api.database import now, open_database
from search_api.usage import Usage, UsageRow, numbers
from tests.databases import new_database, postgresql

SECRET = "王小明的身份证丢了怎么办"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    on_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/product.sqlite" if on_file else new_database(request.getfixturevalue("server"))
    opened = open_database(url)
    yield opened
    opened.dispose()


def test_two_processes_add_up_and_use_fades(engine: sa.Engine) -> None:
    one, two = Usage(engine), Usage(engine)
    at = now()
    for usage, times in ((one, 3), (two, 5)):
        for _ in range(times):
            usage.opened("a")
        usage.write(at)
    assert one.popular == {"a": pytest.approx(3)}
    one.write(at)
    assert one.popular == two.popular == {"a": pytest.approx(8)}
    two.opened("b")
    two.write(at + timedelta(days=numbers().half_life_days))
    assert two.popular == {"a": pytest.approx(4), "b": pytest.approx(1)}


def test_what_too_few_asked_for_together_is_told_to_nobody(engine: sa.Engine) -> None:
    usage, at = Usage(engine), now()
    for _ in range(numbers().together_from - 1):
        usage.asked("b", ["a"])
    usage.write(at)
    assert usage.together("a") == ()
    usage.asked("a", ["b"])
    usage.asked("c", ["a"])
    usage.write(at)
    assert usage.together("a") == ("b",)
    assert usage.together("b") == ("a",)
    usage.write(at + timedelta(days=numbers().half_life_days))
    assert usage.together("a") == (), "old conversations weigh less than the threshold"


def test_a_failed_write_loses_no_count(engine: sa.Engine) -> None:
    usage = Usage(engine)
    usage.opened("a")
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE usage RENAME TO away"))
    with pytest.raises(sa.exc.SQLAlchemyError):
        usage.write()
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO usage"))
    usage.write()
    assert usage.popular["a"] == pytest.approx(1)


def rows(client: TestClient) -> dict[str, float]:
    usage = cast(FastAPI, client.app).state.resources.usage
    usage.write()
    with usage.engine.connect() as connection:
        return {r.record + "/" + r.other: r.weight for r in connection.execute(sa.select(UsageRow.__table__))}


def test_only_ids_are_counted_never_what_was_typed(
    application: TestClient, tokens: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    title = application.get("/v1/items/resident-id-card").json()["title"]
    opened = rows(application)["resident-id-card/"]
    assert application.get("/v1/search", params={"q": SECRET}).status_code == 200
    application.get("/v1/suggest", params={"q": SECRET})
    application.get("/v1/search", params={"q": title})
    application.get("/v1/items/no-such-item")
    after = rows(application)
    assert "no-such-item/" not in after
    assert all(key.split("/")[0].isascii() for key in after)
    before = after["resident-id-card/"]
    assert before > opened, "a query that is a record's whole name counts as that record"
    application.get("/v1/items/resident-id-card", headers={"cookie": "maintainer=x"})
    assert rows(application)["resident-id-card/"] == pytest.approx(before), "a maintainer's looking is not use"


def test_what_is_used_is_suggested_first_and_shown_before_typing(application: TestClient) -> None:
    least = application.get("/v1/suggest", params={"q": "身份证"}).json()["suggestions"][-1]
    page = {"item": "items", "faq": "faqs", "material": "materials", "bundle": "bundles", "policy": "policies"}
    for _ in range(40):
        assert application.get(f"/v1/{page[least['kind']]}/{least['id']}").status_code == 200
    handled = application.get("/v1/suggest", params={"q": "社保"}).json()["suggestions"]
    item = next(s for s in handled if s["kind"] == "item")
    for _ in range(50):
        application.get(f"/v1/items/{item['id']}")
    rows(application)
    end = time.monotonic() + numbers().write_seconds + 3
    while (shown := application.get("/v1/suggest", params={"q": "身份证"}).json()["suggestions"])[0] != least:
        assert time.monotonic() < end, shown
        time.sleep(0.2)
    assert application.get("/v1/suggest").json()["suggestions"][0]["id"] == item["id"]

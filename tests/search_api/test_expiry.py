"""What has expired is served by no route, from midnight on; what begins that day is there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from answers.dialogue import DialogueState
from knowledge_base import in_force
from knowledge_base.loader import CONTENT, DEFAULT_CITY
from search_api.app import create_app
from search_api.settings import Settings

LAST_DAY = date(2031, 5, 1)
NEXT_DAY = LAST_DAY + timedelta(days=1)
PAGES = {
    "items": "marriage-registration",
    "bundles": "open-restaurant",
    "faqs": "faq-death-first-step",
    "policies": "benefit-dibao",
    "materials": "resident-id-card-paper",
    "places": "place-center-zhanqian",
}
STARTS = "annual-report"
READY_SECONDS = 90


class Clock:
    """The day of the city's clock, as a test turns it."""

    def __init__(self) -> None:
        self.at = LAST_DAY

    def now(self, zone: Any) -> datetime:
        return datetime.combine(self.at, datetime.max.time(), zone)


@pytest.fixture(scope="module")
def clock() -> Iterator[Clock]:
    turned = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_force, "datetime", turned)
        yield turned


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the city whose records of each kind end on one day, and one item that starts the day after."""
    root = Path(shutil.copytree(CONTENT / DEFAULT_CITY, tmp_path_factory.mktemp("content") / "city"))
    for folder, record in (*PAGES.items(), ("items", STARTS)):
        validity = {"effective": NEXT_DAY} if record == STARTS else {"effective": date(2022, 1, 1), "expires": LAST_DAY}
        _date(root / folder, record, validity)
    return root


def _date(folder: Path, record: str, validity: dict[str, date]) -> None:
    for file in folder.glob("**/*.yaml"):
        data = yaml.safe_load(file.read_text("utf-8"))
        found = [r for r in (data if isinstance(data, list) else [data]) if r and r["id"] == record]
        if found:
            found[0]["validity"] = validity
            file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
            return
    raise AssertionError(record)


@pytest.fixture(scope="module")
def application(content: Path, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("application")
    shutil.copytree(Settings().index_path, folder / "index")
    settings = Settings(
        city=content,
        database_url=f"sqlite:///{folder}/product.sqlite",
        index_path=folder / "index",
        rate_per_second=10_000,
        rate_burst=100_000,
    )
    with TestClient(create_app(settings)) as client:
        end = time.monotonic() + READY_SECONDS
        while client.get("/readyz").json()["parts"]["search"] != "ok":
            assert time.monotonic() < end
            time.sleep(0.1)
        yield client


def everywhere(client: TestClient) -> str:
    """All that the routes say that could name one of the records, beside the pages themselves."""
    said = []
    titles = [
        "结婚登记",
        "开餐饮店",
        "人去世了先办什么",
        "最低生活保障",
        "居民身份证",
        "站前区政务服务中心",
        "企业年度报告",
    ]
    for title in titles:
        said.append(client.get("/v1/search", params={"q": title, "limit": 50}).text)
        said += [client.get("/v1/suggest", params={"q": title[:n]}).text for n in (1, 2, len(title))]
    said += [client.get(path).text for path in ("/v1/suggest", "/v1/browse", "/v1/city")]
    for record in ("resident-id-card", "marriage-certificate-replacement", "business-registration-individual"):
        said.append(client.get(f"/v1/related/{record}").text)
    said.append(client.post("/v1/benefits", json={"facts": {}}).text)
    said += [client.post("/v1/ask", json={"text": title}).text for title in titles]
    return "\n".join(said)


def named(said: str, record: str) -> bool:
    return f'"id":"{record}"' in said


def test_each_kind_is_there_on_its_last_day_and_gone_at_midnight(application: TestClient, clock: Clock) -> None:
    for folder, record in PAGES.items():
        assert application.get(f"/v1/{folder}/{record}").status_code == 200, record
    before = everywhere(application)
    missing = [record for record in PAGES.values() if not named(before, record)]
    assert missing == [], "the test looks where they would be"
    assert not named(before, STARTS)
    assert application.get(f"/v1/items/{STARTS}").status_code == 404

    clock.at = NEXT_DAY
    for folder, record in PAGES.items():
        assert application.get(f"/v1/{folder}/{record}").status_code == 404, record
    after = everywhere(application)
    assert [record for record in PAGES.values() if named(after, record)] == []
    assert named(after, STARTS)
    assert application.get(f"/v1/items/{STARTS}").status_code == 200
    for target in (PAGES["items"], PAGES["bundles"]):
        assert application.post("/v1/navigate", json={"target": target, "facts": {}}).status_code == 404
        assert application.get(f"/v1/navigate/{target}").status_code == 404
        assert application.get(f"/v1/related/{target}").status_code == 404
    clock.at = LAST_DAY
    assert application.get(f"/v1/items/{PAGES['items']}").status_code == 200


def test_a_conversation_over_midnight_drops_what_expired(application: TestClient, clock: Clock) -> None:
    held = cast(FastAPI, application.app).state.resources
    held.conversations.save_state("over-midnight", DialogueState(target=PAGES["items"], facts={"by_proxy": True}))
    held.conversations.add_turn("over-midnight", "结婚登记", [])
    assert application.get("/v1/chat/over-midnight").json()["target"]["id"] == PAGES["items"]
    clock.at = NEXT_DAY
    read = application.get("/v1/chat/over-midnight")
    assert read.status_code == 200
    assert read.json()["target"] is None
    assert held.state("over-midnight").facts == {"by_proxy": True}
    clock.at = LAST_DAY

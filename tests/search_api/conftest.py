"""The real application in this process, on a database and an index of its own; the assistant is not needed for these."""

import shutil
import time
from collections.abc import Iterator
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from search_api.accounts import Accounts, Role
from search_api.app import create_app
from search_api.settings import Settings

PASSWORD = "正确的密码很长啊啊啊"
USERS = {"小编": Role.EDITOR, "二编": Role.EDITOR, "审核": Role.REVIEWER, "管理": Role.ADMINISTRATOR}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("application")
    shutil.copytree(Settings().index_path, folder / "index")
    settings = Settings(
        database_url=f"sqlite:///{folder}/product.sqlite",
        index_path=folder / "index",
        rate_per_second=10_000,
        rate_burst=100_000,
    )
    with TestClient(create_app(settings)) as client:
        end = time.monotonic() + 60
        while client.get("/readyz").json()["parts"]["search"] != "ok":
            assert time.monotonic() < end, client.get("/readyz").json()
            time.sleep(0.1)
        yield client


def accounts_of(client: TestClient) -> Accounts:
    found: Accounts = cast(FastAPI, client.app).state.resources.accounts
    return found


@pytest.fixture(scope="module")
def tokens(application: TestClient) -> dict[str, dict[str, str]]:
    """Headers by user name."""
    accounts = accounts_of(application)
    found = {}
    for name, role in USERS.items():
        accounts.add(name, PASSWORD, role)
        token = accounts.sign_in(name, PASSWORD)
        found[name] = {"authorization": f"Bearer {token}"}
    return found

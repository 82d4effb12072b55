"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from knowledge_base.store import Store
from knowledge_base.store.migrate import migrate
from tests.databases import new_database, postgresql


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    on_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/k.sqlite" if on_file else new_database(request.getfixturevalue("server"))
    engine = create_engine(url)
    migrate(engine)
    yield Store(engine)
    engine.dispose()

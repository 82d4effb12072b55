"""The real city, the real encoder and the index that `make setup` built: answering is tested on what people get."""

from collections.abc import Iterator

import pytest

from answers.desk import Desk
from index import open_index
from knowledge_base.loader import load_city
from search_api.app import index_settings
from search_api.settings import Settings


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    with open_index(index_settings(Settings())) as index:
        yield Desk(load_city(), index)

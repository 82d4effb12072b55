"""What every room's tests share: the whole product, started once, when the first test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.running import Product, running_product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Search, Rasa and actions as people meet them, over HTTP; shared: a test that kills something starts its own."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running

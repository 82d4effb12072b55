"""The bundled city, and copies of its folder to break."""

import shutil
from pathlib import Path

import pytest

from knowledge_base.city import City
from knowledge_base.loader import CONTENT, DEFAULT_CITY, load_city
from knowledge_base.navigation import Navigator


@pytest.fixture(scope="session")
def city() -> City:
    return load_city()


@pytest.fixture(scope="session")
def navigator(city: City) -> Navigator:
    return Navigator(city)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the bundled city's folder."""
    return Path(shutil.copytree(CONTENT / DEFAULT_CITY, tmp_path / "city"))

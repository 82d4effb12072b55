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


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A folder with a few of the bundled files: what is tested of loading does not need them all."""
    for name in ("city.yaml", "materials/common.yaml", "items/passport.yaml", "items/resident-id-card.yaml"):
        (tmp_path / "few" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CONTENT / DEFAULT_CITY / name, tmp_path / "few" / name)
    return tmp_path / "few"

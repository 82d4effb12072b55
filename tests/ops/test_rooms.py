"""Every Python file of the repository imports only what its room may (docs/architecture.md, Rooms)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ops.repository import tracked_files
from tests.ops.rooms import ALLOWED, ROOT, violations


def test_every_file_keeps_to_its_room() -> None:
    files = [path for path in tracked_files() if path.suffix == ".py"]
    assert len(files) > 20
    broken = [line for path in files for line in violations(path, (ROOT / path).read_text(encoding="utf-8"))]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("path", "source", "reason"),
    [
        ("index/search.py", "from search_api.app import create_app", "index may not import search_api"),
        ("index/search.py", "def late():\n    import fastapi", "fastapi belongs to search_api"),
        ("index/embedded/store.py", "from ..elastic import client", "index.embedded may not import index.elastic"),
        ("index/embedded/store.py", "from index import elastic", "index.embedded may not import index.elastic"),
        ("knowledge_base/loader.py", "import index.models", "knowledge_base may not import index"),
        ("assistant/actions/find.py", "import knowledge_base", "assistant may not import knowledge_base"),
        ("search_api/routes.py", "import tantivy", "tantivy belongs to index.embedded"),
        ("train.py", "from search_api import app", "train may not import search_api"),
        ("answers/ask.py", "import rasa_sdk", "rasa_sdk belongs to assistant"),
        ("index/search.py", "import torch", "torch belongs to index.corrector_training"),
        ("stray.py", "import os", "stands in no room"),
    ],
)
def test_a_planted_violation_is_found(path: str, source: str, reason: str) -> None:
    assert any(reason in line for line in violations(Path(path), source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("index/embedded/store.py", "from .. import models\nfrom ..engine import Engine"),
        ("index/open.py", "def open_engine():\n    from index.embedded import store"),
        ("index/training.py", "def tune():\n    import torch"),
        ("search_api/routes.py", "from answers import ask\nfrom fastapi import APIRouter"),
        ("assistant/actions/find.py", "from rasa_sdk import Action\nimport httpx"),
    ],
)
def test_what_the_table_allows_passes(path: str, source: str) -> None:
    assert violations(Path(path), source) == []


def test_the_table_and_the_document_name_the_same_rooms() -> None:
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Rooms", 1)[1]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {name.removesuffix(".py") for cell in first_cells for name in re.findall(r"`([\w.]+)`", cell)}
    assert documented == set(ALLOWED)

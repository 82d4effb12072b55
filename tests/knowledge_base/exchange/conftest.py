"""Workbooks and documents made in memory."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import create_engine

from knowledge_base.store import Store
from knowledge_base.store.migrate import migrate


def workbook(rows: Sequence[Any], title: str = "事项", merged: Sequence[str] = ()) -> bytes:
    """`rows` are sequences of cell values."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def store() -> Store:
    engine = create_engine("sqlite://")
    migrate(engine)
    return Store(engine)

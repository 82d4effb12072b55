"""Titles in a column: read as they were written, also from chunks that were joined, mapped from disk or not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedded import columns
from index.embedded.columns import Columns, Gathering, joined
from index.models import Document

Titles = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=8)


def chunk(titles: list[str], first: int) -> Columns:
    gathering = Gathering()
    for number, title in enumerate(titles, first):
        gathering.add(Document(f"d{number}", "item", title), 1)
    return gathering.columns()


@settings(deadline=None)
@given(st.lists(Titles, min_size=1, max_size=4))
def test_titles_stay_what_they_are(parts: list[list[str]]) -> None:
    chunks = [chunk(titles, 10 * number) for number, titles in enumerate(parts)]
    whole = joined(chunks)
    assert [whole.title(i) for i in range(len(whole.ids))] == [t for titles in parts for t in titles]
    assert [[c.title(i) for i in range(len(c.ids))] for c in chunks] == parts


@pytest.mark.parametrize("read", [0, 10**6])
def test_titles_are_read_from_disk(tmp_path: Path, read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_READ_BYTES", read)
    titles = ["身份证", "", "𠮷野家", "ID 卡"]
    chunk(titles, 0).write(tmp_path)
    again = Columns.read(tmp_path)
    assert [again.title(i) for i in range(4)] == titles

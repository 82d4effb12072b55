"""How documents are cut."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import Document, Section
from index.units import pieces, windows


@settings(deadline=None)
@given(st.text(alphabet="办证。；\n，ab", max_size=400), st.integers(10, 80))
def test_windows_lose_nothing_and_keep_to_the_size(text: str, size: int) -> None:
    found = list(windows(text, size))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(part) <= size for part in found)


def test_names_stand_alone_and_bodies_after_the_title() -> None:
    document = Document(
        "a", "faq", "甲", "摘要", (Section("q", "question", "问法"), Section("t", "text", "正文")), aliases=("乙",)
    )
    assert [(p.role, p.indexed) for p in pieces(document, 100)] == [
        ("title", "甲"),
        ("alias", "乙"),
        ("question", "问法"),
        ("summary", "甲\n摘要"),
        ("text", "甲\n正文"),
    ]


def test_there_is_always_a_piece_and_no_text_twice() -> None:
    assert len(pieces(Document("a", "item", ""), 100)) == 1
    assert len(pieces(Document("a", "item", "甲", aliases=("甲",)), 100)) == 1


def test_a_document_survives_json() -> None:
    document = Document(
        "a", "item", "甲", "乙", (Section("s", "fee", "丙"),), ("210802",), ("person",), "局", popularity=0.5
    )
    assert Document.from_json(document.to_json()) == document
    assert document.digest() != Document("a", "item", "甲").digest()

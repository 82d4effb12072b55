"""Conversations: kept, read back, forgotten in time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from answers.dialogue import DialogueState
from search_api.database import ConversationRow, Conversations, now, open_database


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    engine = open_database(f"sqlite:///{tmp_path}/db/product.sqlite")
    yield Conversations(engine)
    engine.dispose()


def test_a_new_conversation_is_empty(conversations: Conversations) -> None:
    assert conversations.state("c-12345678") == DialogueState()
    assert not conversations.exists("c-12345678")


def test_state_and_turns_come_back(conversations: Conversations) -> None:
    state = DialogueState(target="x", facts={"a": 60.0, "b": True, "c": "d"}, told=[["a"]], pending="e")
    conversations.save_state("c-12345678", state)
    conversations.add_turn("c-12345678", "一", [{"type": "text", "text": "甲"}])
    conversations.add_turn("c-12345678", "二", [{"type": "text", "text": "乙"}])
    assert conversations.state("c-12345678") == state
    assert [t.said for t in conversations.turns("c-12345678")] == ["一", "二"]
    assert [t.said for t in conversations.turns("c-12345678", limit=1)] == ["二"]
    assert not conversations.turns("c-87654321")


def test_old_ones_are_forgotten_with_their_turns(conversations: Conversations) -> None:
    for name in ("old-12345", "new-12345"):
        conversations.add_turn(name, "说", [])
    with conversations.engine.begin() as connection:
        old = now() - timedelta(days=31)
        connection.execute(update(ConversationRow).where(ConversationRow.id == "old-12345").values(updated_at=old))
    assert conversations.forget_older_than(30) == 1
    assert not conversations.exists("old-12345")
    assert not conversations.turns("old-12345")
    assert conversations.turns("new-12345")


def test_opening_twice_keeps_what_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/product.sqlite"
    Conversations(open_database(url)).add_turn("c-12345678", "说", [])
    assert Conversations(open_database(url)).exists("c-12345678")

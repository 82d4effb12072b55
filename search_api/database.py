"""Conversations in the database. Synchronous SQLAlchemy; the gateway calls it from a worker thread."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from answers.dialogue import DialogueState
from knowledge_base.store.migrate import migrate

MIGRATIONS = Path(__file__).parent / "migrations"


class Base(DeclarativeBase):
    pass


class ConversationRow(Base):
    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    turn_name: Mapped[str | None] = mapped_column(String(64))
    before_turn: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class TurnRow(Base):
    __tablename__ = "turns"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    said: Mapped[str] = mapped_column(String(600))
    messages: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    name: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        Index("turns_of_conversation", "conversation_id", "id"),
        UniqueConstraint("conversation_id", "name", name="one_turn_of_a_name"),
    )


def now() -> datetime:
    return datetime.now(UTC)


def open_database(url: str) -> Engine:
    """An engine on an up-to-date schema. SQLite: WAL, so that readers do not wait for the writer."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _wal(connection: sqlite3.Connection, _: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

    migrate(engine, MIGRATIONS)
    return engine


class Conversations:
    """All access to stored conversations. Every method is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    def state(self, conversation: str) -> DialogueState:
        """A new conversation has an empty state."""
        with self._session() as session:
            row = session.get(ConversationRow, conversation)
            return DialogueState.model_validate(row.state) if row else DialogueState()

    def begin_turn(self, conversation: str, name: str) -> tuple[DialogueState, list[dict[str, Any]] | None]:
        """The state to answer a turn of this name on, and what was answered where it was sent before. One that was begun
        and never answered, because its process died, begins again on the state it began on."""
        with self._session() as session:
            answered = session.scalar(
                select(TurnRow).where(TurnRow.conversation_id == conversation, TurnRow.name == name)
            )
            row = session.get(ConversationRow, conversation)
            if row is None:
                row = ConversationRow(id=conversation, state=DialogueState().model_dump(mode="json"), updated_at=now())
                session.add(row)
            if answered is None and row.turn_name == name and row.before_turn is not None:
                row.state = row.before_turn
            elif answered is None:
                row.turn_name, row.before_turn = name, row.state
            return DialogueState.model_validate(row.state), answered.messages if answered else None

    def save_state(self, conversation: str, state: DialogueState) -> None:
        with self._session() as session:
            row = session.get(ConversationRow, conversation) or ConversationRow(id=conversation)
            row.state, row.updated_at = state.model_dump(mode="json"), now()
            session.add(row)

    def add_turn(self, conversation: str, said: str, messages: list[dict[str, Any]], name: str | None = None) -> None:
        with self._session() as session:
            row = session.get(ConversationRow, conversation)
            if row is None:
                session.add(
                    ConversationRow(id=conversation, state=DialogueState().model_dump(mode="json"), updated_at=now())
                )
                session.flush()
            session.add(TurnRow(conversation_id=conversation, at=now(), said=said, messages=messages, name=name))

    def turns(self, conversation: str, limit: int = 100) -> list[TurnRow]:
        """The last `limit` turns, oldest first."""
        with Session(self.engine) as session:
            newest = (
                select(TurnRow).where(TurnRow.conversation_id == conversation).order_by(TurnRow.id.desc()).limit(limit)
            )
            return list(reversed(session.scalars(newest).all()))

    def exists(self, conversation: str) -> bool:
        with Session(self.engine) as session:
            return session.get(ConversationRow, conversation) is not None

    def forget_older_than(self, days: int) -> int:
        """Retention: deletes conversations without a turn for so long; returns how many."""
        before = now() - timedelta(days=days)
        with self._session() as session:
            old = list(session.scalars(select(ConversationRow.id).where(ConversationRow.updated_at < before)))
            session.execute(delete(TurnRow).where(TurnRow.conversation_id.in_(old)))
            session.execute(delete(ConversationRow).where(ConversationRow.id.in_(old)))
            return len(old)

"""Tables of the knowledge base. Every change is a new row; a version's body never changes once it is submitted."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class State(StrEnum):
    """draft → in_review → reviewed → published → retired (replaced, rolled back or expired); in_review → draft when returned."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    RETIRED = "retired"


class Version(Base):
    """One version of one record. `published_at`..`retired_at` is when it was served; `body` is the record as YAML has it."""

    __tablename__ = "knowledge_versions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    record: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    author: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    base: Mapped[int | None] = mapped_column(ForeignKey("knowledge_versions.id"))
    origin: Mapped[str] = mapped_column(String(200), default="")
    reviewer: Mapped[str | None] = mapped_column(String(80))
    review_note: Mapped[str] = mapped_column(Text, default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    publish_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    expire_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("kind", "record", "number"),
        Index("served", "kind", "record", "published_at", "retired_at"),
        Index(
            "one_published",
            "kind",
            "record",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )


class Revision(Base):
    """One act of publishing: readers that know a smaller number load what changed since."""

    __tablename__ = "knowledge_revisions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(80))
    what: Mapped[list[list[str]]] = mapped_column(JSON)


class Audit(Base):
    """Who did what, when, why."""

    __tablename__ = "knowledge_audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    record: Mapped[str] = mapped_column(String(80))
    version: Mapped[int | None]
    why: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (Index("audit_of_record", "kind", "record", "id"),)

"""What people open and ask for, as counters: for popular suggestions and for what is often asked together.

Each weight is kept as if counted at a fixed moment long ago (forward decay, Cormode et al., ICDE 2009): counting is one
addition, whichever process does it, and nothing has to be aged.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, now

_START = datetime(2026, 1, 1, tzinfo=UTC)
HALF = 0.5
"""No conversation weighs more than one, so more than k − ½ means at least k of them, whatever the rounding."""
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Numbers(BaseModel):
    """usage.yaml; the meaning of each number stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    half_life_days: int = Field(ge=1)
    write_seconds: float = Field(gt=0)
    waiting_most: int = Field(ge=1)
    popular: int = Field(ge=0)
    together_from: int = Field(ge=2)
    together: int = Field(ge=0)


@cache
def numbers() -> Numbers:
    return Numbers.model_validate(yaml.safe_load(Path(__file__).with_name("usage.yaml").read_text("utf-8")))


class UsageRow(Base):
    """`other` is "" for a record by itself, else the pair's second id in alphabetical order."""

    __tablename__ = "usage"
    record: Mapped[str] = mapped_column(String(80), primary_key=True)
    other: Mapped[str] = mapped_column(String(80), primary_key=True, default="")
    half_life_days: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[float]


class Usage:
    """Thread-safe. Counts wait in memory until `write`; a process that is killed loses the last seconds' counts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, str]] = Counter()
        self.popular: Mapping[str, float] = {}
        self._together: Mapping[str, tuple[str, ...]] = {}

    def opened(self, record: str) -> None:
        self._count(record, "")

    def asked(self, record: str, before: list[str]) -> None:
        """A conversation came to a record that it had not asked for; `before` are the ones that it had."""
        self.opened(record)
        for other in before:
            self._count(*sorted((record, other)))

    def together(self, record: str) -> tuple[str, ...]:
        """Records that at least `together_from` conversations asked for beside this one, most first."""
        return self._together.get(record, ())

    def write(self, at: datetime | None = None) -> None:
        """What waits goes into the database; what every process counted is read back. Raises SQLAlchemyError: what
        waits waits on."""
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
        try:
            self._write(waiting, at or now())
        except SQLAlchemyError:
            with self._lock:
                self._waiting.update(waiting)
            raise

    def _write(self, waiting: Counter[tuple[str, str]], at: datetime) -> None:
        growth = 2 ** ((at - _START).total_seconds() / 86400 / numbers().half_life_days)
        with Session(self.engine) as session, session.begin():
            # in one order, so that two processes never wait for one another
            for (record, other), count in sorted(waiting.items()):
                self._add(session, record, other, count * growth)
            self.popular = self._most_used(session, growth)
            self._together = self._pairs(session, growth)

    def _count(self, record: str, other: str) -> None:
        with self._lock:
            if len(self._waiting) < numbers().waiting_most or (record, other) in self._waiting:
                self._waiting[record, other] += 1

    def _add(self, session: Session, record: str, other: str, weight: float) -> None:
        key = {"record": record, "other": other, "half_life_days": numbers().half_life_days}
        row = _INSERT[session.get_bind().dialect.name](UsageRow).values(**key, weight=weight)
        session.execute(row.on_conflict_do_update(index_elements=list(key), set_={"weight": UsageRow.weight + weight}))

    def _most_used(self, session: Session, growth: float) -> dict[str, float]:
        """Use of each record as of now: openings, each worth half after a half-life."""
        rows = (
            select(UsageRow.record, UsageRow.weight)
            .where(UsageRow.other == "", UsageRow.half_life_days == numbers().half_life_days)
            .order_by(UsageRow.weight.desc(), UsageRow.record)
            .limit(numbers().popular)
        )
        return {record: weight / growth for record, weight in session.execute(rows)}

    def _pairs(self, session: Session, growth: float) -> dict[str, tuple[str, ...]]:
        rows = (
            select(UsageRow.record, UsageRow.other)
            .where(
                UsageRow.other != "",
                UsageRow.half_life_days == numbers().half_life_days,
                UsageRow.weight > (numbers().together_from - HALF) * growth,
            )
            .order_by(UsageRow.weight.desc(), UsageRow.record, UsageRow.other)
        )
        found: dict[str, list[str]] = {}
        for record, other in session.execute(rows):
            for one, two in ((record, other), (other, record)):
                if len(kept := found.setdefault(one, [])) < numbers().together:
                    kept.append(two)
        return {record: tuple(others) for record, others in found.items()}

"""Looking at versions: what is served, what was, what waits, who did what."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Engine, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from .errors import NotFound
from .tables import Audit, Revision, State, Version

Columns = TypeVarTuple("Columns")
Value = TypeVar("Value")
Record = tuple[str, str]
"""Kind and id."""
OPEN = (State.DRAFT, State.IN_REVIEW, State.REVIEWED)
_AT_ONCE = 500
"""Ids in one query: SQLite takes no endless list."""


class Reading:
    """`engine` is on an up-to-date schema (migrate.py). Thread-safe; holds no session."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def version(self, id_: int) -> Version:
        """Raises NotFound."""
        with self._session() as session:
            return version_of(session, id_)

    def history(self, kind: str, record: str) -> list[Version]:
        """Newest first; empty for a record that there is not."""
        with self._session() as session:
            every = select(Version).where(Version.kind == kind, Version.record == record)
            return list(session.scalars(every.order_by(Version.number.desc())))

    def newest(self, kind: str, record: str) -> Version | None:
        with self._session() as session:
            return newest_of(session, kind, record)

    def published(self, kind: str, record: str) -> Version | None:
        with self._session() as session:
            return published_of(session, kind, record)

    def served(self, at: datetime | None = None, bodies: bool = True) -> list[Version]:
        """What was published then (default: now), one version a record, ordered by kind and record."""
        with self._session() as session:
            return list(session.scalars(_served(_versions(bodies), at)))

    def served_ids(self, at: datetime | None = None) -> list[tuple[int, str, str]]:
        """(version id, kind, record) of the same, without the bodies."""
        with self._session() as session:
            query = _served(select(Version.id, Version.kind, Version.record), at)
            return [(id_, kind, record) for id_, kind, record in session.execute(query)]

    def versions(self, ids: Sequence[int]) -> Iterator[Version]:
        """Those that there are, in no order."""
        with self._session() as session:
            yield from _with_ids(session, ids)

    def several(self, ids: Sequence[int]) -> list[Version]:
        """In the order of the ids. Raises NotFound where one is not there."""
        with self._session() as session:
            return versions_of(session, ids)

    def published_of_each(self, records: Sequence[Record]) -> dict[Record, Version]:
        with self._session() as session:
            return published_by_record(session, records)

    def newest_ids(self, records: Sequence[Record]) -> dict[Record, int]:
        """Id of the newest version of each (kind, record) that there is."""
        with self._session() as session:
            return {key: version.id for key, version in newest_by_record(session, records, bodies=False).items()}

    def open_versions(self, states: Sequence[State] = OPEN, bodies: bool = True) -> list[Version]:
        """Drafts and what waits for review or publishing, oldest first."""
        with self._session() as session:
            return list(session.scalars(_versions(bodies).where(Version.state.in_(states)).order_by(Version.id)))

    def revision(self) -> int:
        """Grows with every publishing."""
        with self._session() as session:
            return session.scalar(select(func.max(Revision.id))) or 0

    def changed_since(self, revision: int) -> list[tuple[str, str]]:
        """(kind, record) published or withdrawn after that revision."""
        with self._session() as session:
            rows = session.scalars(select(Revision.what).where(Revision.id > revision).order_by(Revision.id))
            return list(dict.fromkeys((kind, record) for what in rows for kind, record in what))

    def audit(self, kind: str, record: str, limit: int = 100) -> list[Audit]:
        with self._session() as session:
            every = select(Audit).where(Audit.kind == kind, Audit.record == record)
            return list(session.scalars(every.order_by(Audit.id.desc()).limit(limit)))


def _versions(bodies: bool) -> Select[Version]:
    """Without bodies a list of everything is a tenth of the work."""
    return select(Version) if bodies else select(Version).options(defer(Version.body, raiseload=True))


def _served(query: Select[*Columns], at: datetime | None) -> Select[*Columns]:
    ordered = query.order_by(Version.kind, Version.record)
    if at is None:
        return ordered.where(Version.state == State.PUBLISHED)
    return ordered.where(Version.published_at <= at, or_(Version.retired_at.is_(None), Version.retired_at > at))


def version_of(session: Session, id_: int) -> Version:
    return versions_of(session, [id_])[0]


def versions_of(session: Session, ids: Sequence[int]) -> list[Version]:
    """In the order of the ids. Raises NotFound where one is not there."""
    found = {v.id: v for v in _with_ids(session, ids)}
    if len(found) < len(set(ids)):
        raise NotFound("没有这个版本")
    return [found[id_] for id_ in dict.fromkeys(ids)]


def _with_ids(session: Session, ids: Sequence[int]) -> Iterator[Version]:
    for some in _chunks(ids):
        yield from session.scalars(select(Version).where(Version.id.in_(some)))


def newest_of(session: Session, kind: str, record: str) -> Version | None:
    return newest_by_record(session, [(kind, record)]).get((kind, record))


def published_of(session: Session, kind: str, record: str) -> Version | None:
    return published_by_record(session, [(kind, record)]).get((kind, record))


def newest_by_record(session: Session, records: Sequence[Record], bodies: bool = True) -> dict[Record, Version]:
    """The newest version of each of the records, in a few queries however many they are."""
    later = aliased(Version)
    newer = select(later.id).where(
        later.kind == Version.kind, later.record == Version.record, later.number > Version.number
    )
    return _by_record(session, _versions(bodies).where(~newer.exists()), records)


def published_by_record(session: Session, records: Sequence[Record]) -> dict[Record, Version]:
    return _by_record(session, select(Version).where(Version.state == State.PUBLISHED), records)


def _by_record(session: Session, query: Select[Version], records: Sequence[Record]) -> dict[Record, Version]:
    ids: dict[str, list[str]] = {}
    for kind, record in records:
        ids.setdefault(kind, []).append(record)
    found = (
        session.scalars(query.where(Version.kind == kind, Version.record.in_(some)))
        for kind, every in ids.items()
        for some in _chunks(every)
    )
    return {(v.kind, v.record): v for versions in found for v in versions}


def _chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]

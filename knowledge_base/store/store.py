"""Every way knowledge changes. Each method is one transaction; a refused one leaves no trace but an exception."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .bodies import record_of
from .errors import Conflict, Forbidden, NotFound, WrongState
from .reading import OPEN, Reading, newest_of, published_of, version_of
from .tables import Audit, Revision, State, Version


def now() -> datetime:
    return datetime.now(UTC)


class Store(Reading):
    """Thread-safe; holds no session."""

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One writer at a time where the database cannot tell two of them apart (SQLite)."""
        with self._session() as session:
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    # --- editing

    def save(
        self, kind: str, body: dict[str, Any], author: str, reason: str, base: int | None, origin: str = ""
    ) -> Version:
        """A draft on top of version `base` (None: a new record). An older draft is kept as retired.

        Raises Conflict when `base` is not the newest version any more, Invalid for a body that is no record.
        """
        return self.save_all([(kind, body, base)], author, reason, origin)[0]

    def save_all(
        self, drafts: Sequence[tuple[str, dict[str, Any], int | None]], author: str, reason: str, origin: str = ""
    ) -> list[Version]:
        """As save, for (kind, body, base) of several records: all of them or none."""
        for kind, body, _ in drafts:
            record_of(kind, body)
        made: list[Version] = []
        kind, record = "", ""
        try:
            with self._writing() as session:
                for kind, body, base in drafts:
                    record = str(body["id"])
                    newest = newest_of(session, kind, record)
                    if newest is not None and newest.id != base:
                        raise _conflict(session, newest)
                    if newest is not None and newest.state in OPEN:
                        newest.state = State.RETIRED
                    made.append(self._add(session, kind, record, body, author, reason, newest, origin))
                return made
        except IntegrityError as error:
            # PostgreSQL lets two writers come this far; the second one's number is taken.
            theirs = self.newest(kind, record)
            if theirs is None:
                raise
            raise Conflict(theirs) from error

    def submit(self, id_: int, who: str) -> Version:
        """Draft → in review."""
        with self._writing() as session:
            version = _in_state(version_of(session, id_), State.DRAFT)
            version.state = State.IN_REVIEW
            _note(session, who, "submit", version)
            return version

    def approve(self, id_: int, reviewer: str, note: str = "") -> Version:
        """In review → reviewed. Raises Forbidden for the author himself."""
        with self._writing() as session:
            version = _in_state(version_of(session, id_), State.IN_REVIEW)
            if version.author == reviewer:
                raise Forbidden("不能审核自己的修改，请另一位审核员来审")
            version.state, version.reviewer, version.review_note = State.REVIEWED, reviewer, note
            version.reviewed_at = now()
            _note(session, reviewer, "approve", version, note)
            return version

    def send_back(self, id_: int, reviewer: str, note: str) -> Version:
        """In review or reviewed → draft, with what is to be changed."""
        with self._writing() as session:
            version = _in_state(version_of(session, id_), State.IN_REVIEW, State.REVIEWED)
            version.state, version.reviewer, version.review_note = State.DRAFT, reviewer, note
            _note(session, reviewer, "send_back", version, note)
            return version

    # --- publishing

    def publish(self, ids: Sequence[int], who: str, at: datetime | None = None) -> int | None:
        """Reviewed → published, together; `at` in the future schedules it instead (None is returned). → revision."""
        with self._writing() as session:
            versions = [_in_state(version_of(session, id_), State.REVIEWED) for id_ in ids]
            if at is not None and at > now():
                for version in versions:
                    version.publish_at = at
                    _note(session, who, "schedule", version, at.isoformat())
                return None
            return self._publish(session, versions, who)

    def publish_directly(self, kind: str, body: dict[str, Any], who: str, reason: str, base: int | None) -> Version:
        """A hot fix: saved and published by one person in one act, and told so in the audit. Raises as `save` does."""
        saved = self.save(kind, body, who, reason, base, origin="直接发布")
        with self._writing() as session:
            version = _in_state(version_of(session, saved.id), State.DRAFT)
            version.state, version.reviewer, version.reviewed_at = State.REVIEWED, who, now()
            _note(session, who, "publish_directly", version, reason)
            self._publish(session, [version], who)
            return version

    def expire(self, kind: str, record: str, who: str, why: str, at: datetime | None = None) -> int | None:
        """The published version is not served any more, now or from `at`. → revision where it is now."""
        with self._writing() as session:
            version = published_of(session, kind, record)
            if version is None:
                raise NotFound("这条内容没有已发布的版本")
            if at is not None and at > now():
                version.expire_at = at
                _note(session, who, "schedule_expiry", version, f"{at.isoformat()} {why}")
                return None
            return self._retire(session, [version], who, why)

    def roll_back(self, kind: str, record: str, number: int, who: str, why: str) -> int:
        """An earlier published version becomes a new, published one. → revision."""
        with self._writing() as session:
            old = session.scalar(
                select(Version).where(Version.kind == kind, Version.record == record, Version.number == number)
            )
            if old is None or old.published_at is None:
                raise NotFound(f"没有发布过第{number}版")
            newest = newest_of(session, kind, record)
            if newest is not None and newest.state in OPEN:
                raise _conflict(session, newest)
            version = self._add(session, kind, record, old.body, who, why, newest, f"回退到第{number}版")
            version.state, version.reviewer, version.reviewed_at = State.REVIEWED, old.reviewer, now()
            return self._publish(session, [version], who)

    def run_due(self, who: str = "scheduler", at: datetime | None = None) -> int | None:
        """Publishes and expires what is due. → the last revision made, None when nothing was due."""
        at = at or now()
        made = None
        if not self._due(at):
            return None
        with self._writing() as session:
            # another process that came first has the row locked, and then it is due no more
            due = select(Version).where(Version.state == State.REVIEWED, Version.publish_at <= at).with_for_update()
            if versions := list(session.scalars(due.order_by(Version.publish_at, Version.id))):
                made = self._publish(session, versions, who)
            over = select(Version).where(Version.state == State.PUBLISHED, Version.expire_at <= at).with_for_update()
            if versions := list(session.scalars(over)):
                made = self._retire(session, versions, who, "到期")
        return made

    def _due(self, at: datetime) -> bool:
        """Asked every half second, so it must not take the write lock."""
        waits = or_(
            and_(Version.state == State.REVIEWED, Version.publish_at <= at),
            and_(Version.state == State.PUBLISHED, Version.expire_at <= at),
        )
        with self._session() as session:
            return session.scalar(select(Version.id).where(waits).limit(1)) is not None

    def withdraw(self, records: Sequence[tuple[str, str]], who: str, why: str) -> int | None:
        """Published records that are not to be served any more, together. → revision, None where none is published."""
        with self._writing() as session:
            found = [v for kind, record in records if (v := published_of(session, kind, record)) is not None]
            return self._retire(session, found, who, why) if found else None

    def put_published(
        self, bodies: Sequence[tuple[str, str, dict[str, Any]]], who: str, why: str, origin: str = ""
    ) -> int | None:
        """Seeding and trusted imports: bodies that differ from what is published become published at once. → revision."""
        with self._writing() as session:
            served = {
                (v.kind, v.record): v for v in session.scalars(select(Version).where(Version.state == State.PUBLISHED))
            }
            fresh = []
            for kind, record, body in bodies:
                old = served.get((kind, record))
                if old is None or old.body != body:
                    newest = newest_of(session, kind, record) if served else None
                    fresh.append(self._add(session, kind, record, body, who, why, newest, origin))
            for version in fresh:
                version.state, version.reviewed_at = State.REVIEWED, version.created_at
            return self._publish(session, fresh, who) if fresh else None

    def _add(
        self,
        session: Session,
        kind: str,
        record: str,
        body: dict[str, Any],
        author: str,
        reason: str,
        newest: Version | None,
        origin: str,
    ) -> Version:
        version = Version(
            kind=kind,
            record=record,
            number=newest.number + 1 if newest else 1,
            body=body,
            state=State.DRAFT,
            author=author,
            reason=reason,
            created_at=now(),
            base=newest.id if newest else None,
            origin=origin,
            withdrawn=False,
        )
        session.add(version)
        session.flush()
        _note(session, author, "save", version, reason)
        return version

    def _publish(self, session: Session, versions: Sequence[Version], who: str) -> int:
        at = now()
        for version in versions:
            old = published_of(session, version.kind, version.record)
            if old is not None:
                old.state, old.retired_at = State.RETIRED, at
                session.flush()
            version.state, version.published_at, version.publish_at = State.PUBLISHED, at, None
            _note(session, who, "publish", version)
            session.flush()
        return _revise(session, versions, who, at)

    def _retire(self, session: Session, versions: Sequence[Version], who: str, why: str) -> int:
        at = now()
        for version in versions:
            version.state, version.retired_at, version.withdrawn = State.RETIRED, at, True
            _note(session, who, "expire", version, why)
        return _revise(session, versions, who, at)


def _conflict(session: Session, theirs: Version) -> Conflict:
    """The other's version outlives the transaction that is given up."""
    session.expunge(theirs)
    return Conflict(theirs)


def _in_state(version: Version, *states: State) -> Version:
    if version.state not in states:
        raise WrongState(f"这一版现在是「{version.state}」，不能这样操作")
    return version


def _note(session: Session, who: str, action: str, version: Version, why: str = "") -> None:
    session.add(
        Audit(
            at=now(), who=who, action=action, kind=version.kind, record=version.record, version=version.number, why=why
        )
    )


def _revise(session: Session, versions: Sequence[Version], who: str, at: datetime) -> int:
    revision = Revision(at=at, by=who, what=[[v.kind, v.record] for v in versions])
    session.add(revision)
    session.flush()
    return revision.id

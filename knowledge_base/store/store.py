"""Publishing, on top of drafts and review. Each method is one transaction; a refused one leaves no trace but an exception."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from .errors import NotFound
from .reading import OPEN, newest_by_record, newest_of, published_by_record, published_of, versions_of
from .reviewing import Reviewing, conflict, in_state, noted, now
from .tables import Revision, State, Version


class Store(Reviewing):
    """Thread-safe; holds no session."""

    def publish(self, ids: Sequence[int], who: str, at: datetime | None = None) -> int | None:
        """Reviewed → published, together; `at` in the future schedules it instead (None is returned). → revision."""
        with self._writing() as session:
            versions = in_state(versions_of(session, ids), State.REVIEWED)
            if at is not None and at > now():
                for version in versions:
                    version.publish_at = at
                noted(session, who, "schedule", versions, at.isoformat())
                return None
            return self._publish(session, versions, who)

    def publish_directly(self, kind: str, body: dict[str, Any], who: str, reason: str, base: int | None) -> Version:
        """A hot fix: saved and published by one person in one act, and told so in the audit. Raises as `save` does."""
        saved = self.save(kind, body, who, reason, base, origin="直接发布")
        with self._writing() as session:
            (version,) = in_state(versions_of(session, [saved.id]), State.DRAFT)
            version.state, version.reviewer, version.reviewed_at = State.REVIEWED, who, now()
            noted(session, who, "publish_directly", [version], reason)
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
                noted(session, who, "schedule_expiry", [version], f"{at.isoformat()} {why}")
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
                raise conflict(session, newest)
            before = {(kind, record): newest} if newest else {}
            (version,) = self._add(session, [(kind, record, old.body)], who, why, before, f"回退到第{number}版")
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
            found = list(published_by_record(session, records).values())
            return self._retire(session, found, who, why) if found else None

    def put_published(
        self, bodies: Sequence[tuple[str, str, dict[str, Any]]], who: str, why: str, origin: str = ""
    ) -> int | None:
        """Seeding and trusted imports: bodies that differ from what is published become published at once. → revision."""
        with self._writing() as session:
            served = {
                (v.kind, v.record): v for v in session.scalars(select(Version).where(Version.state == State.PUBLISHED))
            }
            changed = [
                entry for entry in bodies if (old := served.get((entry[0], entry[1]))) is None or old.body != entry[2]
            ]
            newest = newest_by_record(session, [(kind, record) for kind, record, _ in changed]) if served else {}
            fresh = self._add(session, changed, who, why, newest, origin)
            for version in fresh:
                version.state, version.reviewed_at = State.REVIEWED, version.created_at
            return self._publish(session, fresh, who) if fresh else None

    def _publish(self, session: Session, versions: Sequence[Version], who: str) -> int:
        at = now()
        for old in published_by_record(session, [(v.kind, v.record) for v in versions]).values():
            old.state, old.retired_at = State.RETIRED, at
        session.flush()  # two published versions of a record never stand side by side
        for version in versions:
            version.state, version.published_at, version.publish_at = State.PUBLISHED, at, None
        noted(session, who, "publish", versions)
        session.flush()
        return _revise(session, versions, who, at)

    def _retire(self, session: Session, versions: Sequence[Version], who: str, why: str) -> int:
        at = now()
        for version in versions:
            version.state, version.retired_at, version.withdrawn = State.RETIRED, at, True
        noted(session, who, "expire", versions, why)
        return _revise(session, versions, who, at)


def _revise(session: Session, versions: Sequence[Version], who: str, at: datetime) -> int:
    revision = Revision(at=at, by=who, what=[[v.kind, v.record] for v in versions])
    session.add(revision)
    session.flush()
    return revision.id

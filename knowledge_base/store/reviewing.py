"""Drafts and their review. Each method is one transaction; a refused one leaves no trace but an exception."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .bodies import record_of
from .errors import Conflict, Forbidden, WrongState
from .reading import OPEN, Reading, Record, newest_by_record, versions_of
from .tables import Audit, State, Version


def now() -> datetime:
    return datetime.now(UTC)


class Reviewing(Reading):
    """From a draft to a reviewed version, one record or many together."""

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One writer at a time where the database cannot tell two of them apart (SQLite)."""
        with self._session() as session:
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

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
        records = [(kind, str(body["id"])) for kind, body, _ in drafts]
        try:
            with self._writing() as session:
                newest = newest_by_record(session, records)
                for (_, _, base), key in zip(drafts, records, strict=True):
                    if key in newest and newest[key].id != base:
                        raise conflict(session, newest[key])
                for version in newest.values():
                    if version.state in OPEN:
                        version.state = State.RETIRED
                bodies = [(*key, body) for key, (_, body, _) in zip(records, drafts, strict=True)]
                return self._add(session, bodies, author, reason, newest, origin)
        except IntegrityError as error:
            # PostgreSQL lets two writers come this far; the second one's number is taken.
            standing = self.newest_ids(records)
            taken = (r for r, (_, _, base) in zip(records, drafts, strict=True) if standing.get(r) not in (None, base))
            first = next(taken, None)
            theirs = self.newest(*first) if first else None
            if theirs is None:
                raise
            raise Conflict(theirs) from error

    def submit(self, id_: int, who: str) -> Version:
        return self.submit_all([id_], who)[0]

    def submit_all(self, ids: Sequence[int], who: str) -> list[Version]:
        """Draft → in review, all of them or none."""
        with self._writing() as session:
            versions = in_state(versions_of(session, ids), State.DRAFT)
            for version in versions:
                version.state = State.IN_REVIEW
            noted(session, who, "submit", versions)
            return versions

    def approve(self, id_: int, reviewer: str, note: str = "") -> Version:
        return self.approve_all([id_], reviewer, note)[0]

    def approve_all(self, ids: Sequence[int], reviewer: str, note: str = "") -> list[Version]:
        """In review → reviewed, all of them or none. Raises Forbidden for the author of any."""
        with self._writing() as session:
            versions = in_state(versions_of(session, ids), State.IN_REVIEW)
            if any(version.author == reviewer for version in versions):
                raise Forbidden("不能审核自己的修改，请另一位审核员来审")
            for version in versions:
                version.state, version.reviewer, version.review_note = State.REVIEWED, reviewer, note
                version.reviewed_at = now()
            noted(session, reviewer, "approve", versions, note)
            return versions

    def send_back(self, id_: int, reviewer: str, note: str) -> Version:
        return self.send_back_all([id_], reviewer, note)[0]

    def send_back_all(self, ids: Sequence[int], reviewer: str, note: str) -> list[Version]:
        """In review or reviewed → draft, with what is to be changed; all of them or none."""
        with self._writing() as session:
            versions = in_state(versions_of(session, ids), State.IN_REVIEW, State.REVIEWED)
            for version in versions:
                version.state, version.reviewer, version.review_note = State.DRAFT, reviewer, note
            noted(session, reviewer, "send_back", versions, note)
            return versions

    def _add(
        self,
        session: Session,
        bodies: Sequence[tuple[str, str, dict[str, Any]]],
        author: str,
        reason: str,
        newest: Mapping[Record, Version],
        origin: str,
    ) -> list[Version]:
        """Drafts of (kind, record, body), each on top of its newest version, written together."""
        at = now()
        rows = []
        for kind, record, body in bodies:
            before = newest.get((kind, record))
            rows.append(
                {
                    "kind": kind,
                    "record": record,
                    "number": before.number + 1 if before else 1,
                    "body": body,
                    "state": State.DRAFT,
                    "author": author,
                    "reason": reason,
                    "created_at": at,
                    "base": before.id if before else None,
                    "origin": origin,
                }
            )
        # in any order, and put in ours after: SQLite returns rows in order only when they are inserted one by one
        made = (
            {(v.kind, v.record): v for v in session.scalars(insert(Version).returning(Version), rows)} if rows else {}
        )
        versions = [made[kind, record] for kind, record, _ in bodies]
        noted(session, author, "save", versions, reason)
        return versions


def conflict(session: Session, theirs: Version) -> Conflict:
    """The other's version outlives the transaction that is given up."""
    session.expunge(theirs)
    return Conflict(theirs)


def in_state(versions: list[Version], *states: State) -> list[Version]:
    if wrong := next((v for v in versions if v.state not in states), None):
        raise WrongState(f"这一版现在是「{wrong.state}」，不能这样操作")
    return versions


def noted(session: Session, who: str, action: str, versions: Sequence[Version], why: str = "") -> None:
    """In the audit, a line for each."""
    at = now()
    lines = [
        {"at": at, "who": who, "action": action, "kind": v.kind, "record": v.record, "version": v.number, "why": why}
        for v in versions
    ]
    if lines:
        session.execute(insert(Audit), lines)

"""Several versions looked at and decided together: what one import made is one act of review."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from knowledge_base.city import City
from knowledge_base.exchange.settings import limits
from knowledge_base.lint.records import Linted, RecordProblem, relint
from knowledge_base.problems import Severity
from knowledge_base.store import Store, Version
from knowledge_base.store.bodies import Invalid
from knowledge_base.store.diff import affected, field_changes
from knowledge_base.store.served import with_bodies

from .maintaining import FieldChangeShown, Note, OutcomeChangeShown, VersionShown, shown, title_of
from .maintenance import outcomes_of, subject_of
from .payloads import Payload
from .problems import ProblemError

Versions = Annotated[list[int], Field(min_length=1, max_length=5000)]
"""Ids; a whole import of the largest kind fits."""


class Batch(Payload):
    versions: Versions


class BatchNote(Batch, Note):
    """What is decided of all of them."""


class BatchRecord(Payload):
    version: VersionShown
    created: bool
    fields: list[FieldChangeShown]
    problems: list[RecordProblem]


class BatchChecked(Payload):
    """All versions in place together, against what is served. `total`, `created` and `errors` count all; `records` (those with
    errors first), `elsewhere` and `outcomes` are the first of many; no outcomes while there are errors."""

    total: int
    created: int
    errors: int
    records: list[BatchRecord]
    elsewhere: list[RecordProblem]
    outcomes: list[OutcomeChangeShown]


def checked_together(linted: Linted, store: Store, versions: Sequence[Version]) -> BatchChecked:
    """Raises a 422 problem for a body that is no record any more."""
    served = store.published_of_each([(v.kind, v.record) for v in versions])
    candidate = _candidate(linted.city, versions)
    before, after = linted.by_record(), relint(linted, candidate).by_record()
    records = [
        _record(v, served.get((v.kind, v.record)), after.pop(subject_of(v.kind, v.record), [])) for v in versions
    ]
    records.sort(key=lambda r: not _errors(r.problems))
    elsewhere = [p for of, found in after.items() for p in found if p not in before.get(of, [])]
    targets = [t for v in versions if (v.kind, v.record) in served for t in affected(linted.city, v.kind, v.record)]
    most, errors = limits(), sum(len(_errors(r.problems)) for r in records)
    wanted = [] if errors else list(dict.fromkeys(targets))[: most.outcome_targets]
    return BatchChecked(
        total=len(records),
        created=sum(r.created for r in records),
        errors=errors,
        records=records[: most.changes_shown],
        elsewhere=elsewhere[: most.changes_shown],
        outcomes=outcomes_of(linted.city, candidate, wanted),
    )


def refuse_errors_together(linted: Linted, versions: Sequence[Version]) -> None:
    """Raises a 422 problem that names each record with errors, while the linter finds any with all versions in place."""
    after = relint(linted, _candidate(linted.city, versions)).by_record()
    wrong = [(v, p) for v in versions for p in _errors(after.get(subject_of(v.kind, v.record), []))]
    if wrong:
        told = [{"field": title_of(v.body), "detail": p.message} for v, p in wrong[: limits().changes_shown]]
        raise ProblemError(422, f"还有{len(wrong)}处错误，改好再来：{wrong[0][1].message}", errors=told)


def _candidate(city: City, versions: Sequence[Version]) -> City:
    try:
        return with_bodies(city, [(v.kind, v.record, v.body) for v in versions])
    except Invalid as error:
        raise ProblemError(422, f"{error}。") from error


def _record(version: Version, served: Version | None, problems: list[RecordProblem]) -> BatchRecord:
    changes = field_changes(served.body if served else {}, version.body)
    return BatchRecord(
        version=shown(version),
        created=served is None,
        fields=[FieldChangeShown(path=c.path, before=c.before, after=c.after) for c in changes],
        problems=problems,
    )


def _errors(problems: Sequence[RecordProblem]) -> list[RecordProblem]:
    return [p for p in problems if p.severity is Severity.ERROR]

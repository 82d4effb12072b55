"""What the maintainers' routes share: a candidate against what is served, rows, and refusals as problems."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from knowledge_base.city import City
from knowledge_base.lint import RULES
from knowledge_base.lint.records import CITY, Linted, RecordProblem, relint
from knowledge_base.problems import Severity
from knowledge_base.schema import Channel, Department, Fact, FactType, Named
from knowledge_base.store import Conflict, Forbidden, NotFound, Store, StoreError, Version
from knowledge_base.store.bodies import FOLDER_OF, Invalid
from knowledge_base.store.diff import affected, field_changes, outcome_changes
from knowledge_base.store.served import with_bodies

from .maintaining import (
    TITLE_FIELDS,
    Checked,
    FactShown,
    FactValueShown,
    FieldChangeShown,
    OutcomeChangeShown,
    RecordRow,
    RuleCount,
    Vocabulary,
    title_of,
)
from .problems import ProblemError

T = TypeVar("T")
STATUS: dict[type[StoreError], int] = {Conflict: 409, Forbidden: 403, NotFound: 404}


def done(act: Callable[[], T]) -> T:
    """What the store refuses becomes a problem: 409 conflict, 403 own change, 404 not there, 422 otherwise."""
    try:
        return act()
    except StoreError as error:
        raise ProblemError(STATUS.get(type(error), 422), f"{error}。") from error


def checked(linted: Linted, store: Store, kind: str, body: dict[str, Any]) -> Checked:
    """Problems of the record among all that is served, those that it brings to others, and what people would see change."""
    id_ = str(body.get("id", ""))
    served = store.published(kind, id_)
    fields = [
        FieldChangeShown(path=c.path, before=c.before, after=c.after)
        for c in field_changes(served.body if served else {}, body)
    ]
    try:
        candidate = with_bodies(linted.city, [(kind, id_, body)])
    except Invalid as error:
        return Checked(invalid=error.problems, problems=[], elsewhere=[], fields=fields, outcomes=[])
    before, after = linted.by_record(), relint(linted, candidate).by_record()
    subject = subject_of(kind, id_)
    problems = after.pop(subject, [])
    elsewhere = [p for of, found in after.items() for p in found if p not in before.get(of, [])]
    outcomes = _outcomes(linted.city, candidate, kind, id_, problems)
    return Checked(invalid=[], problems=problems, elsewhere=elsewhere, fields=fields, outcomes=outcomes)


def subject_of(kind: str, id_: str) -> tuple[str, str]:
    """As the linter names a record."""
    return CITY if kind == "city" else (FOLDER_OF[kind], id_)


def refuse_errors(linted: Linted, store: Store, kind: str, body: dict[str, Any]) -> None:
    """Raises a 422 problem while the linter finds errors."""
    found = checked(linted, store, kind, body)
    errors = [*found.invalid, *(p.message for p in found.problems if p.severity is Severity.ERROR)]
    if errors:
        raise ProblemError(422, f"还有{len(errors)}处错误，改好再来：{errors[0]}")


def _outcomes(
    city: City, candidate: City, kind: str, id_: str, problems: list[RecordProblem]
) -> list[OutcomeChangeShown]:
    """Empty while the candidate cannot be walked: the linter says why."""
    targets = list(dict.fromkeys([*affected(city, kind, id_), *affected(candidate, kind, id_)]))
    try:
        return outcomes_of(city, candidate, targets)
    except (KeyError, ValueError):
        if problems:
            return []
        raise


def outcomes_of(city: City, candidate: City, targets: list[str]) -> list[OutcomeChangeShown]:
    """Raises LookupError or ValueError where one cannot be walked."""
    return [
        OutcomeChangeShown(
            target=c.target,
            title=c.title,
            situation=c.situation,
            changes=[FieldChangeShown(path=f.path, before=f.before, after=f.after) for f in c.changes],
        )
        for c in outcome_changes(city, candidate, targets)
    ]


def rows_of(linted: Linted, store: Store, kind: str | None, q: str, waiting: bool) -> Iterator[RecordRow]:
    """What is served and what is being worked on, by kind and id; `q` looks into id and title."""
    open_ = {(v.kind, v.record): v for v in store.open_versions(bodies=False)}
    served = {(v.kind, v.record): v for v in store.served(bodies=False)}
    problems = linted.by_record()
    for key in sorted({*served, *open_}):
        if (kind and key[0] != kind) or (waiting and key not in open_):
            continue
        title = _title(linted.city, *key)
        if q and q not in key[1] and q not in title:
            continue
        yield row(served.get(key) or open_[key], open_.get(key), title, problems.get(subject_of(*key), ()))


def row(served: Version, waiting: Version | None, title: str, problems: Sequence[RecordProblem] = ()) -> RecordRow:
    newest = waiting or served
    counts = Counter(p.severity for p in problems)
    return RecordRow(
        kind=served.kind,
        id=served.record,
        title=title,
        number=served.number,
        state=served.state,
        author=newest.author,
        changed_at=newest.created_at,
        open_state=waiting.state if waiting else "",
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notices=counts[Severity.NOTICE],
        rules=sorted({p.rule for p in problems}),
    )


def rule_counts(rows: Iterable[RecordRow]) -> list[RuleCount]:
    """Rules that some row breaks, worst and most frequent first, each with the number of such rows."""
    counts = Counter(rule for row in rows for rule in row.rules)
    order = list(Severity)
    found = [
        RuleCount(rule=r.id, severity=r.severity, about=r.about, records=counts[r.id]) for r in RULES if counts[r.id]
    ]
    return sorted(found, key=lambda c: (order.index(c.severity), -c.records))


def _title(city: City, kind: str, id_: str) -> str:
    record = city.info if kind == "city" else getattr(city, FOLDER_OF[kind]).get(id_)
    return id_ if record is None else _name(record)


def vocabulary_of(city: City) -> Vocabulary:
    regions = {r.code: r.name for r in city.info.regions}
    facts = [
        FactShown(
            id=fact.id,
            label=fact.label,
            type=fact.type,
            unit=fact.unit,
            values=[FactValueShown(value=v, label=label) for v, label in _values(fact, regions).items()],
        )
        for fact in city.facts.values()
    ]
    names = {
        kind: {id_: _name(record) for id_, record in getattr(city, folder).items()}
        for kind, folder in FOLDER_OF.items()
    }
    info = city.info
    catalogues: dict[str, tuple[Named | Department | Channel, ...]] = {
        "department": info.departments,
        "topic": info.topics,
        "life_event": info.life_events,
        "place_kind": info.place_kinds,
        "channel": info.channels,
    }
    names |= {kind: {e.id: e.name for e in entries} for kind, entries in catalogues.items()}
    names["region"] = regions
    return Vocabulary(facts=facts, names=names)


def _name(record: BaseModel) -> str:
    """A fact has a question too, but is known by its label."""
    return record.label if isinstance(record, Fact) else title_of(record.model_dump(mode="json", include=TITLE_FIELDS))


def _values(fact: Fact, regions: dict[str, str]) -> dict[str, str]:
    if fact.type is FactType.YES_NO:
        return {"true": fact.yes_label, "false": fact.no_label}
    if fact.type is FactType.REGION:
        return regions
    return {c.value: c.label for c in fact.choices}

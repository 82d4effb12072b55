"""What the maintainers' routes share: a candidate against what is served, rows, and refusals as problems."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from knowledge_base.city import City
from knowledge_base.lint.records import RecordProblem, lint_records
from knowledge_base.lint.rules import RULES, SEARCH_RULES
from knowledge_base.problems import Severity
from knowledge_base.schema import Channel, Department, Fact, FactType, Named
from knowledge_base.store import Conflict, Forbidden, NotFound, Store, StoreError, Version
from knowledge_base.store.bodies import FOLDER_OF, SEARCH_KINDS, Invalid
from knowledge_base.store.diff import affected, field_changes, outcome_changes
from knowledge_base.store.served import with_bodies

from .maintaining import (
    Checked,
    FactShown,
    FactValueShown,
    FieldChangeShown,
    OutcomeChangeShown,
    RecordRow,
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


def checked(city: City, store: Store, kind: str, body: dict[str, Any]) -> Checked:
    """Problems of the record among all others, and what people would see change."""
    id_ = str(body.get("id", ""))
    served = store.published(kind, id_)
    fields = [
        FieldChangeShown(path=c.path, before=c.before, after=c.after)
        for c in field_changes(served.body if served else {}, body)
    ]
    try:
        candidate = with_bodies(city, [(kind, id_, body)])
        rules = SEARCH_RULES if kind in SEARCH_KINDS else RULES
        problems = lint_records(candidate, {(FOLDER_OF.get(kind, ""), id_)}, rules=rules)
    except Invalid as error:
        return Checked(invalid=error.problems, problems=[], fields=fields, outcomes=[])
    outcomes = _outcomes(city, candidate, kind, id_, problems)
    return Checked(invalid=[], problems=problems, fields=fields, outcomes=outcomes)


def refuse_errors(city: City, store: Store, kind: str, body: dict[str, Any]) -> None:
    """Raises a 422 problem while the linter finds errors."""
    found = checked(city, store, kind, body)
    errors = [*found.invalid, *(p.message for p in found.problems if p.severity is Severity.ERROR)]
    if errors:
        raise ProblemError(422, f"还有{len(errors)}处错误，改好再来：{errors[0]}")


def _outcomes(
    city: City, candidate: City, kind: str, id_: str, problems: list[RecordProblem]
) -> list[OutcomeChangeShown]:
    """Empty while the candidate cannot be walked: the linter says why."""
    targets = list(dict.fromkeys([*affected(city, kind, id_), *affected(candidate, kind, id_)]))
    try:
        changes = outcome_changes(city, candidate, targets)
    except (KeyError, ValueError):
        if problems:
            return []
        raise
    return [
        OutcomeChangeShown(
            target=c.target,
            title=c.title,
            situation=c.situation,
            changes=[FieldChangeShown(path=f.path, before=f.before, after=f.after) for f in c.changes],
        )
        for c in changes
    ]


def row(served: Version, waiting: Version | None) -> RecordRow:
    newest = waiting or served
    return RecordRow(
        kind=served.kind,
        id=served.record,
        title=title_of(served.body),
        number=served.number,
        state=served.state,
        author=newest.author,
        changed_at=newest.created_at,
        open_state=waiting.state if waiting else "",
    )


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
    return (
        record.label if isinstance(record, Fact) else title_of(record.model_dump(include={"name", "title", "question"}))
    )


def _values(fact: Fact, regions: dict[str, str]) -> dict[str, str]:
    if fact.type is FactType.YES_NO:
        return {"true": fact.yes_label, "false": fact.no_label}
    if fact.type is FactType.REGION:
        return regions
    return {c.value: c.label for c in fact.choices}

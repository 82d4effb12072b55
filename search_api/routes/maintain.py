"""Keeping knowledge true: look, draft, check, try out, review, publish, roll back."""

import contextlib
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query

from index.errors import IndexError_
from knowledge_base.city import City
from knowledge_base.districts import side_by_side
from knowledge_base.navigation import Navigator, UnknownTarget
from knowledge_base.navigation.graph import graph
from knowledge_base.problems import Severity
from knowledge_base.store import State, Store
from knowledge_base.store.bodies import KINDS, Invalid
from knowledge_base.store.locks import Busy
from knowledge_base.store.served import with_bodies

from ..maintaining import (
    AuditShown,
    Candidate,
    Checked,
    DistrictsShown,
    Draft,
    Expire,
    Note,
    Publish,
    Published,
    RecordKind,
    RecordRows,
    RecordShown,
    RollBack,
    Target,
    Try,
    VersionShown,
    Vocabulary,
    shown,
)
from ..maintenance import checked, done, refuse_errors, rows_of, rule_counts, subject_of, vocabulary_of
from ..payloads import NavigateResponse, QuestionGraph, TargetId
from ..problems import ProblemError
from ..resources import Resources
from .session import Editor, Held, Publisher, Reader, Reviewer

T = TypeVar("T")
router = APIRouter(prefix="/v1/maintain", tags=["maintain"])


def store(held: Held) -> Store:
    return held.knowledge.store


Stored = Annotated[Store, Depends(store)]


@router.get("/records")
def records(
    _: Reader,
    held: Held,
    store: Stored,
    kind: RecordKind | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    waiting: bool = False,
    severity: Severity | None = None,
    rule: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> RecordRows:
    """What is served and what is being worked on, with its lint state; `q` looks into id and title."""
    every = list(rows_of(held.lint.worked_on(held.city, store), store, kind, q, waiting))
    found = [r for r in every if (severity is None or getattr(r, f"{severity}s")) and (not rule or rule in r.rules)]
    return RecordRows(total=len(found), records=found[offset : offset + limit], rules=rule_counts(every))


@router.get("/records/{kind}/{id}")
def record(kind: RecordKind, id: str, _: Reader, held: Held, store: Stored) -> RecordShown:
    history = store.history(kind, id)
    if not history:
        raise ProblemError(404, "没有这条内容。")
    published = next((v for v in history if v.state == State.PUBLISHED), None)
    return RecordShown(
        kind=kind,
        id=id,
        published=shown(published, True) if published else None,
        newest=shown(history[0], True),
        history=[shown(v) for v in history],
        audit=[
            AuditShown(at=a.at, who=a.who, action=a.action, version=a.version, why=a.why) for a in store.audit(kind, id)
        ],
        problems=held.lint.worked_on(held.city, store).by_record().get(subject_of(kind, id), []),
    )


@router.get("/schema/{kind}")
def schema(kind: RecordKind, _: Reader) -> dict[str, Any]:
    """JSON Schema of a kind of record."""
    return KINDS[kind].model_json_schema()


@router.get("/queue")
def queue(_: Reader, store: Stored) -> list[VersionShown]:
    """What waits: drafts, for review, for publishing."""
    return [shown(v) for v in store.open_versions()]


@router.get("/versions/{id}")
def version(id: int, _: Reader, store: Stored) -> VersionShown:
    return shown(done(lambda: store.version(id)), True)


@router.get("/versions/{id}/check")
def check_version(id: int, _: Reader, held: Held, store: Stored) -> Checked:
    """Both diffs and the problems of a version against what is served now."""
    found = done(lambda: store.version(id))
    return checked(held.lint.served(held.city), store, found.kind, found.body)


@router.post("/check")
def check(asked: Candidate, _: Editor, held: Held, store: Stored) -> Checked:
    return checked(held.lint.served(held.city), store, asked.kind, asked.body)


@router.get("/vocabulary")
def vocabulary(_: Reader, held: Held) -> Vocabulary:
    """What a field of a record can refer to: facts with their values, and names by kind."""
    return vocabulary_of(held.city)


def candidate_city(held: Resources, asked: Candidate) -> City:
    return with_bodies(held.city, [(asked.kind, str(asked.body.get("id", "")), asked.body)])


def walked(walk: Callable[[], T]) -> T:
    """A candidate that cannot be walked is refused with the reason."""
    try:
        return walk()
    except Invalid as error:
        raise ProblemError(422, f"{error}。") from error
    except (UnknownTarget, KeyError, ValueError) as error:
        raise ProblemError(422, f"这样改走不通：{error}。") from error


@router.post("/try")
def try_out(asked: Try, _: Editor, held: Held) -> NavigateResponse:
    """Navigation as it would be; nothing is kept."""
    step = walked(lambda: Navigator(candidate_city(held, asked)).step(asked.target, asked.facts))
    return NavigateResponse.model_validate(step, from_attributes=True)


@router.post("/graph")
def draw(asked: Target, _: Editor, held: Held) -> QuestionGraph:
    """The question graph as it would be; nothing is kept."""
    drawn = walked(lambda: graph(Navigator(candidate_city(held, asked)), asked.target))
    return QuestionGraph.model_validate(drawn, from_attributes=True)


@router.get("/districts/{item}")
def districts(item: TargetId, _: Reader, held: Held) -> DistrictsShown:
    """What is the same in all divisions and what differs, as served."""
    if item not in held.city.items:
        raise ProblemError(404, "没有这个事项。")
    return DistrictsShown.model_validate(walked(lambda: side_by_side(held.city, item)), from_attributes=True)


@router.post("/districts")
def compare(asked: Target, _: Editor, held: Held) -> DistrictsShown:
    """The same as it would be with this candidate; nothing is kept."""
    found = walked(lambda: side_by_side(candidate_city(held, asked), asked.target))
    return DistrictsShown.model_validate(found, from_attributes=True)


@router.post("/drafts", status_code=201)
def save(asked: Draft, by: Editor, store: Stored) -> VersionShown:
    """409 when somebody else changed the record since `base`; what was sent is not lost, the page still has it."""
    return shown(done(lambda: store.save(asked.kind, asked.body, by.name, asked.reason, asked.base)), True)


@router.post("/versions/{id}/submit")
def submit(id: int, by: Editor, store: Stored) -> VersionShown:
    return shown(done(lambda: store.submit(id, by.name)))


@router.post("/versions/{id}/approve")
def approve(id: int, asked: Note, by: Reviewer, held: Held, store: Stored) -> VersionShown:
    """Refused for the author, and while the linter finds errors."""
    found = done(lambda: store.version(id))
    refuse_errors(held.lint.served(held.city), store, found.kind, found.body)
    return shown(done(lambda: store.approve(id, by.name, asked.note)))


@router.post("/versions/{id}/send-back")
def send_back(id: int, asked: Note, by: Reviewer, store: Stored) -> VersionShown:
    if not asked.note:
        raise ProblemError(422, "请写明要改什么。")
    return shown(done(lambda: store.send_back(id, by.name, asked.note)))


def served(held: Resources) -> None:
    """What was published is taken over before the answer, unless another process is slow at it: then soon after. Where the
    index does not take it, the publisher is told; it is tried again all the time."""
    try:
        with contextlib.suppress(Busy):
            held.knowledge.follow(held.settings.publish_patience_seconds)
    except IndexError_ as error:
        raise ProblemError(503, f"已记为发布，但搜索还没有换上：{error}。系统会一直重试，不必重发。") from error


@router.post("/publish")
def publish(asked: Publish, by: Publisher, held: Held, store: Stored) -> Published:
    """Served when this returns, unless `at` lies ahead."""
    revision = done(lambda: store.publish(asked.versions, by.name, asked.at))
    served(held)
    return Published(revision=revision)


@router.post("/records/{kind}/{id}/expire")
def expire(kind: RecordKind, id: str, asked: Expire, by: Publisher, held: Held, store: Stored) -> Published:
    revision = done(lambda: store.expire(kind, id, by.name, asked.why, asked.at))
    served(held)
    return Published(revision=revision)


@router.post("/records/{kind}/{id}/roll-back")
def roll_back(kind: RecordKind, id: str, asked: RollBack, by: Publisher, held: Held, store: Stored) -> Published:
    revision = done(lambda: store.roll_back(kind, id, asked.number, by.name, asked.why))
    served(held)
    return Published(revision=revision)

"""Maintainers on the search itself: synonyms, what stands first or is left out, what is never suggested. Drafts, review and
history are those of all records (`maintain`); here is what only these have."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from answers.desk import Desk
from index import curations_of
from index.wording import default as bundled_wording
from knowledge_base.schema import Curation, Denial, Synonym
from knowledge_base.store.bodies import SEARCH_KINDS, Invalid, record_of
from knowledge_base.store.served import with_bodies
from knowledge_base.touching import records_with

from .. import searching
from ..curating import (
    BundledSynonym,
    CurationDraft,
    CurationRow,
    CurationRows,
    CurationTried,
    CurationTry,
    Phrase,
    SearchKind,
    Touched,
)
from ..maintaining import VersionShown, shown, title_of
from ..maintenance import done, refuse_errors, row
from ..pages import link
from ..problems import ProblemError
from ..resources import desk
from .maintain import Stored
from .maintain import served as now_served
from .session import Editor, Held, Publisher, Reader

router = APIRouter(prefix="/v1/maintain/curations", tags=["maintain"])
BUNDLED_SHOWN, TOUCHED_SHOWN = 50, 20
MATCH = {"exact": "正好是", "contains": "含有", "terms": "有这些词："}


@router.get("")
def curations(
    _: Reader, store: Stored, kind: SearchKind | None = None, q: Annotated[str, Query(max_length=100)] = ""
) -> CurationRows:
    """What is served and what is being worked on, newest change first; `q` looks into all that they say."""
    kinds = (kind,) if kind else SEARCH_KINDS
    open_ = {(v.kind, v.record): v for v in store.open_versions() if v.kind in kinds}
    served = {(v.kind, v.record): v for v in store.served() if v.kind in kinds}
    rows = []
    for key in {**served, **open_}:
        newest = open_.get(key) or served[key]
        says = _says(newest.kind, newest.body)
        if q in f"{says} {newest.record} {newest.reason}":
            told = row(served.get(key) or newest, open_.get(key), title_of(newest.body))
            rows.append(CurationRow(**told.model_dump(), says=says))
    rows.sort(key=lambda r: r.changed_at, reverse=True)
    groups = [g for g in bundled_wording().groups if q and any(q in p for p in (*g.said, *g.official))]
    bundled = [BundledSynonym(said=list(g.said), official=list(g.official)) for g in groups[:BUNDLED_SHOWN]]
    return CurationRows(curations=rows, bundled=bundled if kind in (None, "synonym") else [])


@router.get("/touched")
def touched(
    _: Reader, held: Held, phrase: Annotated[list[Phrase], Query(min_length=1, max_length=40)]
) -> list[Touched]:
    """For each phrase the records that have it in their text: what a synonym would bring in."""
    city = held.city
    every = sum(1 for _ in city.entities())
    return [
        Touched(phrase=p, total=len(found), all=every, records=[link(kind, e) for kind, e in found[:TOUCHED_SHOWN]])
        for p, found in zip(phrase, records_with(city, phrase), strict=True)
    ]


@router.post("/try")
def try_out(asked: CurationTry, _: Editor, held: Held, desk: Annotated[Desk, Depends(desk)]) -> CurationTried:
    """The production search, before and after; nothing is kept."""
    try:
        city = with_bodies(held.city, [(asked.kind, str(asked.body.get("id", "")), asked.body)])
    except Invalid as error:
        raise ProblemError(422, f"{error}。") from error
    candidate = curations_of(city)
    wanted = searching.Asked(asked.q, asked.filter, asked.region, asked.near, asked.audience)
    before, after = searching.searched(desk, wanted), searching.searched(desk, wanted, candidate)
    left_out = [(id_, desk.city.find(id_)) for id_ in after.excluded]
    return CurationTried(
        before=searching.shown(desk, wanted, before),
        after=searching.shown(desk, wanted, after),
        excluded=[link(*found) for _, found in left_out if found],
        suggestions_before=[s.text for s in desk.index.suggest(asked.q)],
        suggestions_after=[s.text for s in desk.index.suggest(asked.q, curations=candidate)],
    )


@router.post("/publish", status_code=201)
def publish(asked: CurationDraft, by: Publisher, held: Held, store: Stored) -> VersionShown:
    """A hot fix: saved and published in one act, served when this returns. Refused while the linter finds errors."""
    refuse_errors(held.lint.served(held.city), store, asked.kind, asked.body)
    version = done(lambda: store.publish_directly(asked.kind, asked.body, by.name, asked.reason, asked.base))
    now_served(held)
    return shown(version, True)


def _says(kind: str, body: dict[str, Any]) -> str:
    record = record_of(kind, body)
    match record:
        case Synonym():
            arrow = "＝" if record.both_ways else "→"
            instead = "（代替随程序提供的）" if record.instead else ""
            return f"{'、'.join(record.said)} {arrow} {'、'.join(record.official) or '停用'}{instead}"
        case Curation():
            parts = [f"置顶 {'、'.join(record.pinned)}"] if record.pinned else []
            parts += [f"不显示 {'、'.join(record.excluded)}"] if record.excluded else []
            return f"{MATCH[record.match]}「{'」「'.join(record.queries)}」：{'；'.join(parts)}"
        case Denial():
            parts = [f"不提示 {'、'.join(record.phrases)}"] if record.phrases else []
            parts += [f"可以提示 {'、'.join(record.lifted)}"] if record.lifted else []
            return "；".join(parts)
        case _:
            return ""

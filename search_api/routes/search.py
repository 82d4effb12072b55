"""Search, suggestions, related."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from answers.desk import Desk

from ..payloads import Hit, Kind, RelatedEntry, RelatedList, SearchResult, Suggestion, Suggestions
from ..problems import ProblemError
from ..resources import desk

router = APIRouter(prefix="/v1", tags=["search"])
AUDIENCES = ("person", "business")


@router.get("/search")
def search(
    desk: Annotated[Desk, Depends(desk)],
    q: Annotated[str, Query(min_length=1, max_length=500)],
    kind: Kind | None = None,
    region: Annotated[str | None, Query(max_length=40)] = None,
    audience: Annotated[str | None, Query(max_length=20)] = None,
    department: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    offset: Annotated[int, Query(ge=0, le=500)] = 0,
) -> SearchResult:
    """One box over items, bundles, FAQs, policies, materials and places."""
    if not q.strip():
        raise ProblemError(422, "「q」不能为空。")
    code = desk.navigator.region_code(region) if region else None
    if region and code is None:
        raise ProblemError(422, f"没有「{region}」这个县（市）区。")
    found = desk.index.search(
        q,
        kinds=(kind,) if kind else (),
        region=code,
        audience=audience,
        department=department,
        limit=limit,
        offset=offset,
    )
    hits = [
        Hit.model_validate(
            {
                "id": h.id,
                "kind": h.kind,
                "title": h.title,
                "snippet": h.snippet,
                "highlights": [
                    {"field": name, "start": start, "end": end}
                    for name, spans in h.highlights.items()
                    for start, end in spans
                ],
                "score": h.score,
                "why": dict(h.why),
                "department": _department(desk, h.id),
            }
        )
        for h in found.hits
    ]
    return SearchResult(
        query=q,
        hits=hits,
        total=found.total,
        facets={name: dict(counts) for name, counts in found.facets.items()},
        confidence=found.confidence,
        did_you_mean=found.did_you_mean,
        degraded=found.degraded,
        index_version=found.index_version,
        took_ms=found.took_ms,
    )


def _department(desk: Desk, id_: str) -> str:
    item = desk.city.items.get(id_)
    return desk.city.department_name(item.department) if item else ""


@router.get("/suggest")
def suggest(desk: Annotated[Desk, Depends(desk)], q: Annotated[str, Query(max_length=100)] = "") -> Suggestions:
    """While typing: by prefix, pinyin, initials."""
    found = desk.index.suggest(q) if q.strip() else []
    return Suggestions(suggestions=[Suggestion.model_validate(s, from_attributes=True) for s in found])


@router.get("/related/{id}")
def related(id: str, desk: Annotated[Desk, Depends(desk)]) -> RelatedList:
    """What goes with it, each with why."""
    if not any(id in desk.city.by_kind(k) for k in ("item", "bundle", "faq", "policy", "material", "place")):
        raise ProblemError(404, "没有这个内容，可能已经下架。")
    found = desk.index.related(id)
    return RelatedList(related=[RelatedEntry.model_validate(r, from_attributes=True) for r in found])

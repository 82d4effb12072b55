"""Search, suggestions, related."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Query, Response
from starlette.concurrency import run_in_threadpool

from answers import related as going_with
from answers.desk import Desk
from index import SearchResult as Found

from .. import searching
from ..pages import popular
from ..payloads import Kind, RelatedEntry, RelatedList, SearchResult, Suggestion, Suggestions
from ..problems import ProblemError
from ..quick import QuickRoute
from ..resources import Resources, desk, resources

router = APIRouter(prefix="/v1", tags=["search"], route_class=QuickRoute)
DeskNow = Annotated[Desk, Depends(desk)]
Held = Annotated[Resources, Depends(resources)]
SUGGESTED = 8


@router.get("/search", response_model=SearchResult)
async def search(
    desk: DeskNow,
    held: Held,
    q: Annotated[str, Query(min_length=1, max_length=500)],
    kind: Kind | None = None,
    region: Annotated[str | None, Query(max_length=40)] = None,
    near: Annotated[str | None, Query(max_length=40)] = None,
    audience: Annotated[str | None, Query(max_length=20)] = None,
    department: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    offset: Annotated[int, Query(ge=0, le=500)] = 0,
    maintainer: Annotated[str | None, Cookie(include_in_schema=False)] = None,
) -> Response:
    """One box over items, bundles, FAQs, policies, materials and places. `region` keeps to a district, `near` prefers it."""
    asked = searching.Asked(q, kind, region, near, audience, department, limit, offset)
    async with held.searches:
        found, shown = await run_in_threadpool(_searched, desk, asked)
    # only a query that is a record's whole name is counted, as that record; a maintainer's trying is not
    if not maintainer and not offset and found.signals.get("name") == 1.0:
        held.usage.opened(found.hits[0].id)
    return Response(shown, media_type="application/json")


def _searched(desk: Desk, asked: searching.Asked) -> tuple[Found, str]:
    """With what is answered, written."""
    found = searching.searched(desk, asked)
    return found, searching.shown(desk, asked, found).model_dump_json()


@router.get("/suggest")
def suggest(
    desk: DeskNow,
    held: Held,
    q: Annotated[str, Query(max_length=100)] = "",
    near: Annotated[str | None, Query(max_length=40)] = None,
) -> Suggestions:
    """While typing: by prefix, pinyin, initials, each kind together, `near` preferred; before anything is typed what is used
    most."""
    around = searching.around(desk, near)
    if not q.strip():
        links = [link for link in popular(desk.city, held.usage.popular) if desk.index.suggestible(link.title)]
        return Suggestions(suggestions=[Suggestion(text=e.title, kind=e.kind, id=e.id) for e in links[:SUGGESTED]])
    found = desk.index.suggest(q, SUGGESTED, near=around)
    return Suggestions(suggestions=[Suggestion.model_validate(s, from_attributes=True) for s in found])


@router.get("/related/{id}")
def related(id: str, desk: DeskNow, held: Held) -> RelatedList:
    """What goes with it, each with why."""
    if desk.city.find(id) is None:
        raise ProblemError(404, "没有这个内容，可能已经下架。")
    found = going_with.related(desk, id, held.usage.together(id))
    return RelatedList(related=[RelatedEntry.model_validate(r, from_attributes=True) for r in found])

"""A search as people get it; a maintainer's hit test is the same call."""

from dataclasses import dataclass

from answers.desk import Desk
from index import Curations
from index import Hit as Found
from index import SearchResult as Result
from knowledge_base.city import City

from .payloads import Hit, OtherOfGroup, SearchResult
from .problems import ProblemError


@dataclass(frozen=True)
class Asked:
    """`region` keeps to a district, `near` only prefers it; both by code or name."""

    q: str
    kind: str | None = None
    region: str | None = None
    near: str | None = None
    audience: str | None = None
    department: str | None = None
    limit: int = 10
    offset: int = 0


def searched(desk: Desk, asked: Asked, curations: Curations | None = None) -> Result:
    """Raises a 422 problem for an empty query and an unknown district. `curations` are tried in place of the published."""
    if not asked.q.strip():
        raise ProblemError(422, "「q」不能为空。")
    region = _code(desk, asked.region)
    return desk.index.search(
        asked.q,
        kinds=(asked.kind,) if asked.kind else (),
        region=region,
        audience=asked.audience,
        department=asked.department,
        limit=asked.limit,
        offset=asked.offset,
        near=around(desk, asked.near or asked.region),
        curations=curations,
    )


def shown(desk: Desk, asked: Asked, found: Result) -> SearchResult:
    return SearchResult(
        query=asked.q,
        hits=[_hit(desk.city, hit) for hit in found.hits],
        total=found.total,
        facets={name: dict(counts) for name, counts in found.facets.items()},
        confidence=found.confidence,
        did_you_mean=found.did_you_mean,
        degraded=found.degraded,
        index_version=found.index_version,
        took_ms=found.took_ms,
    )


def _code(desk: Desk, region: str | None) -> str | None:
    code = desk.navigator.region_code(region) if region else None
    if region and code is None:
        raise ProblemError(422, f"没有「{region}」这个县（市）区。")
    return code


def around(desk: Desk, region: str | None) -> tuple[str, ...]:
    """The region, what it lies in, and so on. Raises a 422 problem for an unknown one."""
    code, regions = _code(desk, region), desk.city.regions
    found: list[str] = []
    while code and code in regions and code not in found:
        found.append(code)
        code = regions[code].parent
    return tuple(found)


def _hit(city: City, hit: Found) -> Hit:
    item = city.items.get(hit.id)
    return Hit.model_validate(
        {
            "id": hit.id,
            "kind": hit.kind,
            "title": hit.title,
            "snippet": hit.snippet,
            "highlights": [
                {"field": name, "start": start, "end": end}
                for name, spans in hit.highlights.items()
                for start, end in spans
            ],
            "score": hit.score,
            "why": dict(hit.why),
            "department": city.department_name(item.department) if item else "",
            "region": _region(city, hit.regions) if hit.group > 1 else "",
            "group": hit.group,
            "others": [
                OtherOfGroup(id=o.id, title=o.title, region=_region(city, o.regions), department=o.department or "")
                for o in hit.others
            ],
        }
    )


def _region(city: City, codes: tuple[str, ...]) -> str:
    """The one region that something holds for; "" where it holds for several."""
    return city.regions[codes[0]].name if len(codes) == 1 and codes[0] in city.regions else ""

"""A bundle's outcome: its items' outcomes in order, one de-duplicated material list, total fee, visits and days."""

from collections.abc import Sequence

from ..city import City
from ..outcome import (
    FeeShown,
    KnownFact,
    LimitShown,
    NeededMaterial,
    OnlineShown,
    Outcome,
    StepShown,
    VisitsShown,
)
from ..schema import Bundle, OutcomeKind, Submission
from . import shown
from .plan import Part

_STRICTEST = (
    Submission.REQUIRED,
    Submission.COMMITMENT,
    Submission.DEFERRABLE,
    Submission.OPTIONAL,
    Submission.EXEMPT,
)


def merged_materials(parts: Sequence[Outcome], results: dict[str, str]) -> tuple[NeededMaterial, ...]:
    """Each paper once, at its strictest, with every reason. A paper that an earlier part issues need not be brought.

    `results`: name of an issued result → the part's title.
    """
    by_id: dict[str, list[tuple[Outcome, NeededMaterial]]] = {}
    for part in parts:
        for m in part.materials:
            by_id.setdefault(m.id, []).append((part, m))
    merged = []
    for uses in by_id.values():
        strict = min((m for _, m in uses), key=lambda m: _STRICTEST.index(m.submission))
        reasons = list(dict.fromkeys(m.reason for _, m in uses))
        issued = results.get(strict.name)
        conditional = "" if any(not m.conditional for _, m in uses) else uses[0][1].conditional
        update: dict[str, object] = {
            "reason": "；".join(reasons),
            "items": tuple(dict.fromkeys(part.title for part, _ in uses)),
            "conditional": conditional,
            "originals": max(m.originals for _, m in uses),
            "copies": max(m.copies for _, m in uses),
        }
        if issued:
            update |= {
                "submission": Submission.EXEMPT,
                "submission_label": "不用准备",
                "notes": f"办「{issued}」时会发给您",
                "copies_text": "不用交纸质材料",
            }
        merged.append(strict.model_copy(update=update))
    return tuple(merged)


def total_fee(parts: Sequence[Outcome], city: City) -> FeeShown:
    lines = tuple(f"{p.title}：{p.fee.text}" for p in parts)
    basis = tuple(dict.fromkeys(b for p in parts for b in p.fee.basis))
    if all(p.fee.charged is False for p in parts):
        return FeeShown(charged=False, total=0.0, text="全部不收费", lines=lines, basis=basis)
    known = sum(p.fee.total or 0.0 for p in parts)
    unclear = [p.title for p in parts if p.fee.total is None]
    rest = f"{'、'.join(unclear)}的收费{city.info.unsourced}" if unclear else ""
    text = "；".join(t for t in (f"合计{known:g}元" if known else "", rest, "" if known else "其余不收费") if t)
    return FeeShown(
        charged=True if known else None, total=None if unclear else known, text=text, lines=lines, basis=basis
    )


def total_limit(parts: Sequence[Outcome], after: dict[str, tuple[str, ...]]) -> LimitShown:
    """The longest chain of parts that wait for each other, in working days; parts without a known limit are named."""
    end: dict[str, float] = {}
    for p in parts:
        start = max((end[a] for a in after.get(p.target, ()) if a in end), default=0.0)
        end[p.target] = start + (p.limit.working_days or 0.0)
    longest = max(end.values(), default=0.0)
    missing = sum(p.limit.working_days is None for p in parts)
    details = tuple(f"{p.title}：{p.limit.text}" for p in parts if p.limit.working_days is not None)
    total = f"按先后顺序办，合计最长约{longest:g}个工作日" if longest else "合计时限以各事项为准"
    text = f"{total}；另有{missing}项的时限以官方公布为准" if missing and longest else total
    basis = tuple(dict.fromkeys(b for p in parts for b in p.limit.basis))
    return LimitShown(text=text, details=details, working_days=longest or None, basis=basis)


def total_visits(parts: Sequence[Outcome]) -> VisitsShown:
    number = sum(p.visits.number or 0 for p in parts)
    asked = [f"{p.title}{p.visits.number}趟" for p in parts if p.visits.number]
    unknown = [p.title for p in parts if p.visits.number is None]
    text = f"最多跑{number}趟（{'、'.join(asked)}）" if number else "不用跑，网上就能办完"
    text = f"{text}；{'、'.join(unknown)}的到场次数未列" if unknown else text
    return VisitsShown(number=number, text=text)


def bundle_outcome(
    bundle: Bundle, parts: Sequence[tuple[Part, Outcome]], city: City, region: str | None, facts: tuple[KnownFact, ...]
) -> Outcome:
    """`parts`: the items this situation needs, in the order to do them. Ones that are not handled stay listed with why."""
    outcomes = [o for _, o in parts]
    handled = [o for o in outcomes if o.kind is OutcomeKind.HANDLE]
    results = {o.result: o.title for o in handled if o.result}
    places = {p.id: p for o in handled for p in o.places}
    where = list(dict.fromkeys(w for o in handled for w in o.online.where))
    online = all(o.online.available for o in handled) if handled else False
    said = [f.answer for f in facts if f.fact != "region"]
    return Outcome(
        kind=OutcomeKind.HANDLE if handled else OutcomeKind.NOT_NEEDED,
        target=bundle.id,
        target_kind="bundle",
        title=bundle.name,
        situation=" · ".join([bundle.name, *said]),
        explanation="" if handled else "按您的情况，这里面没有需要办的事项。",
        facts=facts,
        region=region or "",
        region_name=city.regions[region].name if region else "",
        conditions=tuple(dict.fromkeys(c for o in handled for c in o.conditions)),
        materials=merged_materials(handled, results),
        fee=total_fee(handled, city),
        limit=total_limit(handled, {p.item.id: p.after for p, _ in parts}),
        visits=total_visits(handled),
        places=tuple(places.values()),
        steps=tuple(StepShown(name=o.title, text=o.why, office=o.department, result=o.result) for o in handled),
        online=OnlineShown(
            available=online, text="可以在网上一次申报" if online else "部分事项要到窗口办", where=tuple(where)
        ),
        rehearsals=tuple(r for o in handled for r in o.rehearsals),
        forms=tuple(dict.fromkeys(f for o in handled for f in o.forms)),
        result="、".join(dict.fromkeys(o.result for o in handled if o.result)),
        department="、".join(dict.fromkeys(o.department for o in handled)),
        consultation_phone=city.info.consultation_phone,
        complaint_phone=city.info.complaint_phone,
        notes=(*bundle.notes, *(f"{o.title}：{o.explanation}" for o in outcomes if o.explanation)),
        source=tuple(dict.fromkeys([*shown.cite(city, bundle.basis), *(s for o in handled for s in o.source)])),
        effective=bundle.validity.effective,
        notice=city.info.sample_notice,
        parts=tuple(outcomes),
    )

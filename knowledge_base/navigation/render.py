"""Resolutions → the outcome that is shown. Several cases (an answer is unknown) become one outcome that says what depends."""

from collections.abc import Sequence
from functools import partial

from ..city import City
from ..outcome import FeeShown, KnownFact, LimitShown, NeededMaterial, Outcome, VisitsShown
from ..schema import MaterialUse, OutcomeKind, ServiceItem
from ..schema.common import When
from . import shown
from .cases import Case, by_case, only_when
from .resolve import Resolution


def materials(cases: Sequence[Case], city: City, item: ServiceItem) -> tuple[NeededMaterial, ...]:
    uses: dict[str, MaterialUse] = {}
    for case in cases:
        for use in case.resolution.materials:
            uses.setdefault(use.material, use)
    return tuple(_needed(use, cases, city, item) for use in uses.values())


def _needed(use: MaterialUse, cases: Sequence[Case], city: City, item: ServiceItem) -> NeededMaterial:
    entry = city.materials.get(use.material)
    when = only_when(cases, lambda c: any(u.material == use.material for u in c.resolution.materials))
    return NeededMaterial(
        id=use.material,
        name=entry.name if entry else use.material,
        reason=use.reason,
        submission=use.submission,
        submission_label=shown.SUBMISSION[use.submission],
        originals=use.originals,
        copies=use.copies,
        form=shown.MATERIAL_FORM[use.form],
        copies_text=shown.copies_text(use.originals, use.copies, use.form),
        issuer=entry.issuer if entry else "",
        how_to_get=entry.how_to_get if entry else "",
        notes="；".join(t for t in (use.notes, use.acceptance) if t),
        conditional=f"只在这种情况要：{when}" if when else "",
        items=(item.name,),
    )


def item_outcome(
    item: ServiceItem,
    cases: Sequence[Case],
    city: City,
    region: str | None,
    facts: tuple[KnownFact, ...],
    why: str = "",
) -> Outcome:
    """What an item comes to. A special outcome counts only when every case ends in it; otherwise it becomes a note."""
    handled = [c for c in cases if c.resolution.handling is not None]
    if not handled:
        return _special(item, cases, city, region, facts, why)
    first = handled[0].resolution
    names = list(dict.fromkeys(c.resolution.handling.name for c in handled if c.resolution.handling))
    handling = first.handling
    conditions = dict.fromkeys(x.text for c in handled for x in c.resolution.conditions)
    bases = [*item.legal_basis, *(x.basis for c in handled for x in c.resolution.conditions)]
    return Outcome(
        kind=OutcomeKind.HANDLE,
        target=item.id,
        target_kind="item",
        title=item.name,
        handling_item=" / ".join(names),
        handling_item_id=handling.id if handling and len(names) == 1 else "",
        code=handling.code if handling and len(names) == 1 else "",
        situation=_situation(item, names, facts, handling.when if handling else {}),
        facts=facts,
        region=region or "",
        region_name=city.regions[region].name if region else "",
        conditions=tuple(conditions),
        materials=materials(handled, city, item),
        fee=shown.fee(first, city).model_copy(
            update={"text": by_case(handled, lambda c: shown.fee(c.resolution, city).text)}
        ),
        limit=shown.limit(first, city).model_copy(
            update={"text": by_case(handled, lambda c: shown.limit(c.resolution, city).text)}
        ),
        visits=shown.visits(first, city).model_copy(
            update={"text": by_case(handled, lambda c: shown.visits(c.resolution, city).text)}
        ),
        places=shown.places(item, city, region),
        steps=shown.steps(first.steps),
        online=shown.online(first),
        rehearsals=shown.rehearsals(city, item, handling.id if handling and len(names) == 1 else ""),
        forms=tuple(shown.FORMS[f] for f in first.forms),
        result=first.result.name if first.result else "",
        result_validity=first.result.validity if first.result else "",
        department=city.department_name(item.department, region),
        consultation_phone=city.info.consultation_phone,
        complaint_phone=city.info.complaint_phone,
        notes=(*_refusals(cases), *dict.fromkeys(first.notes)),
        source=shown.cite(city, bases),
        effective=item.validity.effective,
        notice=city.info.sample_notice,
        why=why,
    )


def _refusal(case: Case) -> str:
    return case.resolution.special.text if case.resolution.special else ""


def _refusals(cases: Sequence[Case]) -> list[str]:
    """Ends other than handling that an unknown answer may still lead to, each with the answer that does."""
    texts = [text for text in dict.fromkeys(map(_refusal, cases)) if text]
    return [f"如果是「{only_when(cases, partial(_refused_with, text))}」：{text}" for text in texts]


def _refused_with(text: str, case: Case) -> bool:
    return _refusal(case) == text


def _situation(item: ServiceItem, names: list[str], facts: tuple[KnownFact, ...], when: When) -> str:
    said = [f.answer for f in facts if f.fact not in when and f.fact != "region"]
    return " · ".join([" / ".join(names) if len(item.handling_items) > 1 else item.name, *said])


def _special(
    item: ServiceItem, cases: Sequence[Case], city: City, region: str | None, facts: tuple[KnownFact, ...], why: str
) -> Outcome:
    special = next((c.resolution.special for c in cases if c.resolution.special), None)
    other = special.target if special and special.target else ""
    entity = city.items.get(other) or city.bundles.get(other)
    unsourced = city.info.unsourced
    return Outcome(
        kind=OutcomeKind(special.kind) if special else OutcomeKind.NOT_ELIGIBLE,
        target=item.id,
        target_kind="item",
        title=item.name,
        situation=" · ".join(f.answer for f in facts if f.fact != "region") or item.name,
        explanation=by_case(cases, _refusal),
        other_item=other,
        other_item_title=entity.name if entity else "",
        facts=facts,
        region=region or "",
        region_name=city.regions[region].name if region else "",
        fee=FeeShown(charged=None, total=None, text=unsourced),
        limit=LimitShown(text=unsourced),
        visits=VisitsShown(number=None, text=unsourced),
        places=shown.places(item, city, region),
        online=shown.online(Resolution(special, None)),
        department=city.department_name(item.department, region),
        consultation_phone=city.info.consultation_phone,
        complaint_phone=city.info.complaint_phone,
        source=shown.cite(city, [special.basis if special else None, *item.legal_basis]),
        effective=item.validity.effective,
        notice=city.info.sample_notice,
        why=why,
    )

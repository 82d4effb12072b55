"""Resolutions → the outcome that is shown. Several cases (an answer is unknown) become one outcome that says what depends."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..city import City
from ..outcome import FeeShown, KnownFact, LimitShown, NeededMaterial, Outcome, VisitsShown
from ..schema import MaterialUse, OutcomeKind, ServiceItem
from ..schema.common import When
from . import shown
from .resolve import Resolution


@dataclass(frozen=True)
class Case:
    """One way an unknown answer may turn out: its label (empty when nothing is unknown) and what holds then."""

    label: str
    resolution: Resolution


def by_case(labelled: Sequence[tuple[str, str]]) -> str:
    """One text where all agree, else each with its case: 「本人办：免费；代办：…」."""
    texts = dict.fromkeys(text for _, text in labelled)
    if len(texts) == 1:
        return next(iter(texts))
    return "；".join(f"{'、'.join(label for label, t in labelled if t == text)}：{text}" for text in texts)


def materials(cases: Sequence[Case], city: City, item: ServiceItem) -> tuple[NeededMaterial, ...]:
    uses: dict[str, tuple[MaterialUse, list[str]]] = {}
    for case in cases:
        for use in case.resolution.materials:
            uses.setdefault(use.material, (use, []))[1].append(case.label)
    return tuple(
        NeededMaterial(
            id=use.material,
            name=city.materials[use.material].name if use.material in city.materials else use.material,
            reason=use.reason,
            submission=use.submission,
            submission_label=shown.SUBMISSION[use.submission],
            originals=use.originals,
            copies=use.copies,
            form=shown.MATERIAL_FORM[use.form],
            copies_text=shown.copies_text(use.originals, use.copies, use.form),
            issuer=city.materials[use.material].issuer if use.material in city.materials else "",
            how_to_get=city.materials[use.material].how_to_get if use.material in city.materials else "",
            notes="；".join(t for t in (use.notes, use.acceptance) if t),
            conditional=f"只在这种情况要：{'、'.join(labels)}" if len(labels) < len(cases) else "",
            items=(item.name,),
        )
        for use, labels in uses.values()
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
    warnings = tuple(
        f"{c.label}：{c.resolution.special.text}" for c in cases if c.resolution.special is not None and c.label
    )
    first = handled[0].resolution
    names = list(dict.fromkeys(c.resolution.handling.name for c in handled if c.resolution.handling))
    fees = [shown.fee(c.resolution, city) for c in handled]
    limits = [shown.limit(c.resolution, city) for c in handled]
    trips = [shown.visits(c.resolution, city) for c in handled]
    labels = [c.label for c in handled]
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
        fee=fees[0].model_copy(update={"text": by_case(list(zip(labels, [f.text for f in fees], strict=True)))}),
        limit=limits[0].model_copy(update={"text": by_case(list(zip(labels, [x.text for x in limits], strict=True)))}),
        visits=trips[0].model_copy(update={"text": by_case(list(zip(labels, [v.text for v in trips], strict=True)))}),
        places=shown.places(item, city, region),
        steps=shown.steps(first.steps),
        online=shown.online(first),
        forms=tuple(shown.FORMS[f] for f in first.forms),
        result=first.result.name if first.result else "",
        result_validity=first.result.validity if first.result else "",
        department=city.department_name(item.department, region),
        consultation_phone=city.info.consultation_phone,
        complaint_phone=city.info.complaint_phone,
        notes=(*warnings, *dict.fromkeys(first.notes)),
        source=shown.cite(city, bases),
        effective=item.validity.effective,
        notice=city.info.sample_notice,
        why=why,
    )


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
        explanation=by_case([(c.label, c.resolution.special.text if c.resolution.special else "") for c in cases]),
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

"""Records of the knowledge base as pages."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from knowledge_base.city import City, Kind
from knowledge_base.navigation import Navigator
from knowledge_base.navigation.shown import cite
from knowledge_base.schema import Bundle, Faq, Material, Place, Policy, ServiceItem

from .benefit_payloads import BenefitPart
from .page_payloads import (
    Browse,
    BrowseGroup,
    BundlePage,
    ChannelInfo,
    CityPage,
    FaqPage,
    HandlingItemLink,
    ItemPage,
    MaterialPage,
    PlacePage,
    PolicyPage,
    RegionInfo,
)
from .payloads import Link

POPULAR = 12


def link(kind: Kind, entity: ServiceItem | Bundle | Faq | Policy | Material | Place) -> Link:
    match entity:
        case Faq():
            return Link(id=entity.id, kind=kind, title=entity.question)
        case Policy():
            return Link(id=entity.id, kind=kind, title=entity.title, summary=entity.summary)
        case ServiceItem() | Bundle():
            return Link(id=entity.id, kind=kind, title=entity.name, summary=entity.summary)
        case _:
            return Link(id=entity.id, kind=kind, title=entity.name)


def item_page(city: City, navigator: Navigator, item: ServiceItem) -> ItemPage:
    step = navigator.step(item.id)
    return ItemPage(
        id=item.id,
        title=item.name,
        summary=item.summary,
        aliases=list(item.aliases),
        audiences=[str(a) for a in item.audiences],
        topics=list(item.topics),
        life_events=list(item.life_events),
        department=city.department_name(item.department),
        handling_items=[
            HandlingItemLink(id=h.id, name=h.name, facts={f: v[0] for f, v in h.when.items() if len(v) == 1})
            for h in item.handling_items
        ],
        legal_basis=list(cite(city, item.legal_basis)),
        overview=step.outcome or navigator.overview(item.id),
        question=step.question,
        faqs=[link("faq", f) for f in city.faqs.values() if item.id in f.items],
        bundles=[link("bundle", b) for b in city.bundles.values() if any(x.item == item.id for x in b.items)],
        notice=city.info.sample_notice,
        effective=item.validity.effective,
    )


def bundle_page(city: City, navigator: Navigator, bundle: Bundle) -> BundlePage:
    step = navigator.step(bundle.id)
    return BundlePage(
        id=bundle.id,
        title=bundle.name,
        summary=bundle.summary,
        aliases=list(bundle.aliases),
        audiences=[str(a) for a in bundle.audiences],
        life_events=list(bundle.life_events),
        items=[link("item", city.items[b.item]) for b in bundle.items],
        basis=list(cite(city, bundle.basis)),
        overview=step.outcome or navigator.overview(bundle.id),
        question=step.question,
        notice=city.info.sample_notice,
    )


def faq_page(city: City, faq: Faq) -> FaqPage:
    return FaqPage(
        id=faq.id,
        title=faq.question,
        answer=faq.answer,
        phrasings=list(faq.phrasings),
        items=_links(city, faq.items),
        source=list(cite(city, faq.basis)),
        notice=city.info.sample_notice,
    )


def policy_page(city: City, policy: Policy, benefit: BenefitPart | None) -> PolicyPage:
    return PolicyPage(
        id=policy.id,
        title=policy.title,
        number=policy.number,
        summary=policy.summary,
        paragraphs=list(policy.paragraphs),
        benefit=benefit,
        items=_links(city, policy.items),
        source=list(cite(city, policy.basis)),
        notice=city.info.sample_notice,
    )


def material_page(city: City, material: Material) -> MaterialPage:
    users = [
        item
        for item in city.items.values()
        if any(m.material == material.id for d in (item, *item.handling_items) for m in d.materials)
    ]
    return MaterialPage(
        id=material.id,
        title=material.name,
        aliases=list(material.aliases),
        issuer=material.issuer,
        how_to_get=material.how_to_get,
        filling_notes=material.filling_notes,
        e_licence=material.e_licence,
        items=[link("item", i) for i in users],
        notice=city.info.sample_notice,
    )


def place_page(city: City, place: Place) -> PlacePage:
    unsourced = city.info.unsourced
    users = [i for i in city.items.values() if any(p.id == place.id for p in city.places_of(i, place.region))]
    kind = next((k.name for k in city.info.place_kinds if k.id == place.kind), place.kind)
    return PlacePage(
        id=place.id,
        title=place.name,
        place_kind=kind,
        region=place.region,
        region_name=city.regions[place.region].name if place.region in city.regions else "",
        address=place.address or unsourced,
        hours=place.hours or unsourced,
        phones=list(place.phones or (city.info.consultation_phone,)),
        services=list(place.services),
        directions=place.directions,
        note=place.note,
        items=[link("item", i) for i in users],
        notice=city.info.sample_notice,
    )


def browse(city: City) -> Browse:
    """Everything that can be handled, by life event, by topic of each audience, and by department."""

    def group(id_: str, name: str, audience: str, members: Sequence[ServiceItem | Bundle]) -> BrowseGroup:
        ordered = sorted(members, key=lambda m: (isinstance(m, ServiceItem), -m.popularity, m.id))
        entries = [link("bundle" if isinstance(m, Bundle) else "item", m) for m in ordered]
        return BrowseGroup(id=id_, name=name, audience=audience, entries=entries)

    items, bundles = list(city.items.values()), list(city.bundles.values())
    events = [
        group(e.id, e.name, str(e.audience or ""), [*_lived(bundles, e.id), *_lived(items, e.id)])
        for e in city.info.life_events
    ]
    topics = [
        group(t.id, t.name, str(t.audience or ""), [i for i in items if t.id in i.topics]) for t in city.info.topics
    ]
    departments = [group(d.id, d.name, "", [i for i in items if i.department == d.id]) for d in city.info.departments]
    filled = [[g for g in groups if g.entries] for groups in (events, topics, departments)]
    return Browse(life_events=filled[0], topics=filled[1], departments=filled[2])


E = TypeVar("E", ServiceItem, Bundle)


def _lived(entries: Sequence[E], life_event: str) -> list[E]:
    return [e for e in entries if life_event in e.life_events]


def popular(city: City, used: Mapping[str, float]) -> list[Link]:
    """What can be handled, the most used first, then by its popularity."""
    entries: list[ServiceItem | Bundle] = [*city.bundles.values(), *city.items.values()]
    entries.sort(key=lambda e: (-used.get(e.id, 0.0), -e.popularity, e.id))
    named = {e.name: e for e in reversed(entries)}
    first = [e for e in entries if named[e.name] is e][:POPULAR]
    return [link("bundle" if isinstance(e, Bundle) else "item", e) for e in first]


def city_page(city: City, used: Mapping[str, float]) -> CityPage:
    return CityPage(
        id=city.info.id,
        name=city.info.name,
        regions=[RegionInfo(code=r.code, name=r.name, kind=r.kind, aliases=list(r.aliases)) for r in city.info.regions],
        channels=[ChannelInfo(**c.model_dump()) for c in city.info.channels],
        consultation_phone=city.info.consultation_phone,
        complaint_phone=city.info.complaint_phone,
        sample_notice=city.info.sample_notice,
        unsourced=city.info.unsourced,
        popular=popular(city, used),
    )


def _links(city: City, ids: tuple[str, ...]) -> list[Link]:
    found = []
    for id_ in ids:
        if id_ in city.bundles:
            found.append(link("bundle", city.bundles[id_]))
        elif id_ in city.items:
            found.append(link("item", city.items[id_]))
    return found

"""The city's knowledge → documents of the index. What a reader sees on a page is what can be found here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from knowledge_base.city import City
from knowledge_base.navigation.questions import resolve_question
from knowledge_base.rehearsing import rehearsals_of
from knowledge_base.schema import (
    Basis,
    Bundle,
    Details,
    FactType,
    Faq,
    Limit,
    Material,
    Place,
    Policy,
    Question,
    ServiceItem,
    Validity,
)

from .curations import Curations
from .models import Document, Section


def documents_of(city: City) -> Iterator[Document]:
    """Everything that can be looked for, in the city's order. Regions are the codes of the divisions that a document is
    good for; items, bundles, FAQs and policies hold for the whole city. Items that share a name (an imported corpus has
    one for each level) hold for the regions that they say something of."""
    names = Counter(item.name for item in city.items.values())
    yield from (_item(city, item, names[item.name] > 1) for item in city.items.values())
    yield from (_bundle(city, bundle) for bundle in city.bundles.values())
    yield from (_faq(city, faq) for faq in city.faqs.values())
    yield from (_policy(city, policy) for policy in city.policies.values())
    yield from (_material(city, material) for material in city.materials.values())
    yield from (_place(city, place) for place in city.places.values())


def curations_of(city: City) -> Curations:
    """What maintainers said of the search."""
    return Curations(city.synonyms.values(), city.curations.values(), city.denials.values())


def region_names(city: City) -> dict[str, tuple[str, ...]]:
    """What people call each district, for recognising it in a query. The city's own name is said of everything here and
    chooses nothing."""
    return {region.code: (region.name, *(region.aliases or _short(region.name))) for region in city.districts}


def _short(name: str) -> tuple[str, ...]:
    """广东省广州市 → 广州市, 广州: an imported region comes without what people call it."""
    tail = re.sub(r"^.{2,8}?(?:省|自治区)(?=.)", "", name)
    return tuple(
        n for n in dict.fromkeys((tail, tail[:-1] if tail[-1] in "市县区" else tail)) if len(n) > 1 and n != name
    )


def _item(city: City, item: ServiceItem, shares_name: bool) -> Document:
    parts = _Sections()
    parts.add("question", *item.phrasings)
    parts.add("option", *(_question_text(city, q) for q in item.questions))
    for handling in item.handling_items:
        name = handling.name if item.name in handling.name else f"{item.name}（{handling.name}）"
        parts.add("alias", name, *handling.aliases)
        _details(parts, city, handling)
    _details(parts, city, item)
    parts.add("text", *(o.text for o in item.outcomes), *_gists(item.legal_basis))
    parts.add("basis", _numbers(city, item.legal_basis))
    parts.add("text", *(f"网上申报演练：{r.name}。{r.summary}" for r in rehearsals_of(city, item.id)))
    return _document(
        city,
        "item",
        item.id,
        item.name,
        item.summary,
        parts,
        aliases=(*item.aliases, *_codes(item)),
        regions=tuple(item.implementations) or None if shares_name else None,
        audiences=item.audiences,
        department=city.department_name(item.department),
        topics=item.topics,
        life_events=item.life_events,
        popularity=item.popularity,
        validity=item.validity,
    )


def _bundle(city: City, bundle: Bundle) -> Document:
    parts = _Sections()
    parts.add("question", *bundle.phrasings)
    named = [(entry, city.items.get(entry.item)) for entry in bundle.items]
    parts.add("step", "、".join(item.name for _, item in named if item))
    parts.add("step", *(f"{item.name}：{entry.why}" for entry, item in named if item))
    parts.add("text", *bundle.notes)
    return _document(
        city,
        "bundle",
        bundle.id,
        bundle.name,
        bundle.summary,
        parts,
        aliases=bundle.aliases,
        audiences=bundle.audiences,
        life_events=bundle.life_events,
        popularity=bundle.popularity,
        validity=bundle.validity,
    )


def _faq(city: City, faq: Faq) -> Document:
    parts = _Sections()
    parts.add("question", *faq.phrasings)
    return _document(
        city,
        "faq",
        faq.id,
        faq.question,
        faq.answer,
        parts,
        audiences=faq.audiences,
        topics=faq.topics,
        popularity=faq.popularity,
        validity=faq.validity,
    )


def _policy(city: City, policy: Policy) -> Document:
    parts = _Sections()
    parts.add("question", *policy.phrasings)
    parts.add("text", *policy.paragraphs)
    parts.add("basis", _numbers(city, policy.basis))
    return _document(
        city,
        "policy",
        policy.id,
        policy.title,
        policy.summary,
        parts,
        aliases=policy.aliases,
        audiences=policy.audiences,
        topics=policy.topics,
        popularity=policy.popularity,
        validity=policy.validity,
    )


def _material(city: City, material: Material) -> Document:
    parts = _Sections()
    parts.add("text", material.filling_notes, material.issuer and f"出具单位：{material.issuer}")
    return _document(
        city,
        "material",
        material.id,
        material.name,
        material.how_to_get,
        parts,
        aliases=material.aliases,
        validity=material.validity,
    )


def _place(city: City, place: Place) -> Document:
    parts = _Sections()
    parts.add("phone", *place.phones)
    parts.add("text", "、".join(place.services), "、".join(place.windows), place.directions, place.note)
    return _document(
        city,
        "place",
        place.id,
        place.name,
        place.address,
        parts,
        aliases=place.aliases,
        regions=(place.region,),
        validity=place.validity,
    )


class _Sections:
    """Collects sections; empty texts are left out and every id is role-number."""

    def __init__(self) -> None:
        self._found: list[Section] = []

    def add(self, role: str, *texts: str) -> None:
        for text in texts:
            if text and text.strip():
                self._found.append(Section(f"{role}-{len(self._found)}", role, text.strip()))

    def found(self) -> tuple[Section, ...]:
        return tuple(self._found)


def _details(parts: _Sections, city: City, details: Details) -> None:
    parts.add("condition", "\n".join(c.text for c in details.conditions))
    names = [(city.materials[m.material].name, m.reason) for m in details.materials if m.material in city.materials]
    parts.add("material", "材料：" + "、".join(name for name, _ in names) if names else "")
    parts.add("step", "\n".join(f"{s.name}：{s.text}" if s.text else s.name for s in details.steps))
    if details.fee:
        lines = "；".join(" ".join(filter(None, (line.name, line.text))) for line in details.fee.lines)
        said = "不收费" if details.fee.charged is False else "收费"
        parts.add("fee", f"费用：{lines or said}" if lines or details.fee.charged is not None else "")
    parts.add("limit", "；".join(_limit_text(limit) for limit in details.limits))
    parts.add("result", details.result.name if details.result else "")
    parts.add("text", *details.notes, details.online.note if details.online else "")


def _limit_text(limit: Limit) -> str:
    kind = "承诺时限" if limit.kind == "promised" else "法定时限"
    return f"{kind} {limit.number:g} {limit.note}".strip()


def _question_text(city: City, question: Question) -> str:
    """The words that people use for the answers, as this item asks for them, name its situations and so the item; those for
    yes, no and a quantity are much the same everywhere."""
    fact = city.facts.get(question.fact)
    if fact is None or fact.type is not FactType.CHOICE:
        return ""
    return "、".join(choice.label for choice in resolve_question(question, fact).choices)


def _codes(item: ServiceItem) -> tuple[str, ...]:
    """What an item is found by where somebody has its number from a list or a receipt."""
    handled = [h.code for h in item.handling_items]
    own = [i.code for i in item.implementations.values()]
    return tuple(dict.fromkeys(c for c in (item.basic_code, *own, *handled) if c))


def _numbers(city: City, bases: Iterable[Basis]) -> str:
    """Numbers of the documents (文号) that it rests on."""
    numbers = [city.sources[b.source].number for b in bases if b.source in city.sources]
    return "、".join(dict.fromkeys(n for n in numbers if n))


def _gists(bases: Iterable[Basis]) -> list[str]:
    return [basis.gist for basis in bases if basis.gist]


def _document(
    city: City,
    kind: str,
    identifier: str,
    title: str,
    summary: str,
    parts: _Sections,
    *,
    validity: Validity,
    aliases: Sequence[str] = (),
    regions: Sequence[str] | None = None,
    audiences: Sequence[str] = (),
    department: str | None = None,
    topics: Sequence[str] = (),
    life_events: Sequence[str] = (),
    popularity: float = 0.0,
) -> Document:
    names = {n.id: n.name for n in (*city.info.topics, *city.info.life_events)}
    return Document(
        id=identifier,
        kind=kind,
        title=title,
        summary=summary,
        sections=parts.found(),
        regions=tuple(regions) if regions is not None else tuple(region.code for region in city.info.regions),
        audiences=tuple(str(a) for a in audiences),
        department=department or None,
        topics=tuple(names.get(t, t) for t in topics),
        life_events=tuple(names.get(e, e) for e in life_events),
        aliases=tuple(aliases),
        valid_from=validity.effective,
        valid_to=validity.expires,
        popularity=popularity,
    )

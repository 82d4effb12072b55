"""Pages of the knowledge base, browsing, and the city, as the interface gives them."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from knowledge_base.outcome import AskedQuestion, Cited, Outcome

from .benefit_payloads import BenefitPart
from .payloads import Link, Payload


class HandlingItemLink(Payload):
    id: str
    name: str
    facts: dict[str, Any] = Field(default_factory=dict)


class ItemPage(Payload):
    """A guide page. `outcome` is the guide where no question is open; otherwise `question` is the first one asked."""

    id: str
    kind: Literal["item"] = "item"
    title: str
    summary: str
    aliases: list[str]
    audiences: list[str]
    topics: list[str]
    life_events: list[str]
    department: str
    handling_items: list[HandlingItemLink]
    legal_basis: list[Cited]
    overview: Outcome
    question: AskedQuestion | None
    faqs: list[Link]
    bundles: list[Link]
    notice: str
    effective: date | None


class BundlePage(Payload):
    id: str
    kind: Literal["bundle"] = "bundle"
    title: str
    summary: str
    aliases: list[str]
    audiences: list[str]
    life_events: list[str]
    items: list[Link]
    basis: list[Cited]
    overview: Outcome
    question: AskedQuestion | None
    notice: str


class FaqPage(Payload):
    id: str
    kind: Literal["faq"] = "faq"
    title: str
    answer: str
    phrasings: list[str]
    items: list[Link]
    source: list[Cited]
    notice: str


class PolicyPage(Payload):
    id: str
    kind: Literal["policy"] = "policy"
    title: str
    number: int | None
    summary: str
    paragraphs: list[str]
    benefit: BenefitPart | None = None
    items: list[Link]
    source: list[Cited]
    notice: str


class MaterialPage(Payload):
    id: str
    kind: Literal["material"] = "material"
    title: str
    aliases: list[str]
    issuer: str
    how_to_get: str
    filling_notes: str
    e_licence: bool
    items: list[Link]
    notice: str


class PlacePage(Payload):
    id: str
    kind: Literal["place"] = "place"
    title: str
    place_kind: str
    region: str
    region_name: str
    address: str
    hours: str
    phones: list[str]
    services: list[str]
    directions: str
    note: str
    items: list[Link]
    notice: str


class BrowseGroup(Payload):
    """A life event, an audience's topic or a department, with what belongs to it."""

    id: str
    name: str
    audience: str = ""
    entries: list[Link]


class Browse(Payload):
    life_events: list[BrowseGroup]
    topics: list[BrowseGroup]
    departments: list[BrowseGroup]


class RegionInfo(Payload):
    code: str
    name: str
    kind: str
    aliases: list[str]


class ChannelInfo(Payload):
    id: str
    name: str
    kind: str
    description: str
    url: str = ""
    phone: str = ""


class CityPage(Payload):
    id: str
    name: str
    regions: list[RegionInfo]
    channels: list[ChannelInfo]
    consultation_phone: str
    complaint_phone: str
    sample_notice: str
    unsourced: str
    popular: list[Link]

"""Everything that is not a service item: materials, bundles, FAQs, policies, places, and the city itself."""

from typing import Annotated, Literal

from pydantic import Field

from .benefit import Benefit
from .common import Basis, FactId, Id, Many, Record, Scalar, Text, Validity, When
from .item import Audience, Question


class Material(Record):
    """One paper of the city's catalogue. Items refer to it; what is true of it everywhere stands here."""

    id: Id
    name: Text
    kind: Literal["certificate", "form", "other"]
    aliases: tuple[str, ...] = ()
    issuer: str = ""
    how_to_get: str = ""
    blank_form: str = ""
    sample: str = ""
    filling_notes: str = ""
    e_licence: bool = False
    validity: Validity = Validity()


class BundleItem(Record):
    """An item of a bundle. `after` names the ones that must be done first; `preset` facts are settled by the theme."""

    item: Id
    why: Text
    when: When = Field(default_factory=dict)
    after: tuple[Id, ...] = ()
    preset: dict[FactId, Scalar] = Field(default_factory=dict)


class Bundle(Record):
    """一件事一次办. `visits` and `days` only where a source promises them for the whole; otherwise they are computed."""

    id: Id
    name: Text
    aliases: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    summary: Text
    audiences: tuple[Audience, ...]
    life_events: tuple[Id, ...]
    questions: tuple[Question, ...] = ()
    items: Annotated[tuple[BundleItem, ...], Field(min_length=2)]
    preset: dict[FactId, Scalar] = Field(default_factory=dict)
    basis: Many[Basis]
    notes: tuple[str, ...] = ()
    popularity: Annotated[float, Field(ge=0, le=1)] = 0.5
    validity: Validity = Validity()


class Faq(Record):
    id: Id
    question: Text
    phrasings: Annotated[tuple[str, ...], Field(min_length=3)]
    answer: Text
    items: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()
    audiences: tuple[Audience, ...] = (Audience.PERSON,)
    basis: Many[Basis]
    popularity: Annotated[float, Field(ge=0, le=1)] = 0.3
    validity: Validity = Validity()


class Policy(Record):
    """`number` is the measure's number in its plan; `benefit` what it gives to whom, where it gives something."""

    id: Id
    title: Text
    number: int | None = None
    summary: Text
    paragraphs: tuple[Text, ...]
    aliases: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    items: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()
    audiences: tuple[Audience, ...] = (Audience.PERSON, Audience.BUSINESS)
    basis: Many[Basis]
    benefit: Benefit | None = None
    popularity: Annotated[float, Field(ge=0, le=1)] = 0.2
    validity: Validity = Validity()


class Place(Record):
    """Address, hours, phones, coordinates without a source stay empty and are shown as 以官方公布为准."""

    id: Id
    name: Text
    kind: Id
    region: str
    aliases: tuple[str, ...] = ()
    address: str = ""
    hours: str = ""
    phones: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    coordinates: tuple[float, float] | None = None
    services: tuple[str, ...] = ()
    directions: str = ""
    note: str = ""
    basis: Many[Basis] = ()
    validity: Validity = Validity()


class Region(Record):
    """A division with its code, or a functional zone without one (its own id, `parent` the division it lies in)."""

    code: str
    name: Text
    aliases: tuple[str, ...] = ()
    kind: Literal["city", "county", "zone"] = "county"
    parent: str = ""


class Named(Record):
    """An entry of a catalogue: topic, life event, place kind."""

    id: Id
    name: Text
    audience: Audience | None = None
    description: str = ""


class Department(Record):
    """`regions` holds the name of the office in a district where it is not the city's name with the district before it."""

    id: Id
    name: Text
    short: Text
    regions: dict[str, str] = Field(default_factory=dict)


class Channel(Record):
    id: Id
    name: Text
    kind: Literal["app", "wechat", "web", "national", "phone", "place"]
    description: Text
    url: str = ""
    phone: str = ""


class CityInfo(Record):
    """city.yaml."""

    id: Id
    name: Text
    code: str
    regions: tuple[Region, ...]
    departments: tuple[Department, ...]
    topics: tuple[Named, ...]
    life_events: tuple[Named, ...]
    place_kinds: tuple[Named, ...]
    channels: tuple[Channel, ...]
    consultation_phone: Text
    complaint_phone: Text
    sample_notice: Text
    unsourced: Text
    immediate_within_working_days: Annotated[float, Field(gt=0)]

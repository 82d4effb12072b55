"""A city's knowledge in memory: everything by id, and from which file each record came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from .schema import (
    Bundle,
    CityInfo,
    Curation,
    Denial,
    Fact,
    Faq,
    Implementation,
    Material,
    Place,
    Policy,
    Region,
    Rehearsal,
    ServiceItem,
    Source,
    Synonym,
)

Kind = Literal["item", "bundle", "faq", "policy", "material", "place"]
Entity = ServiceItem | Bundle | Faq | Policy | Material | Place
KINDS: tuple[Kind, ...] = ("item", "bundle", "faq", "policy", "material", "place")


def title_of(entity: Entity) -> str:
    """What people read as its name."""
    match entity:
        case Faq():
            return entity.question
        case Policy():
            return entity.title
        case _:
            return entity.name


@dataclass(frozen=True)
class Origin:
    """`path` leads to the record inside its file (index of the list, or nothing)."""

    file: str
    path: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class City:
    """Immutable. Records are keyed by id; `origins` by (folder, id)."""

    root: Path
    info: CityInfo
    facts: Mapping[str, Fact]
    sources: Mapping[str, Source]
    materials: Mapping[str, Material]
    items: Mapping[str, ServiceItem]
    bundles: Mapping[str, Bundle]
    faqs: Mapping[str, Faq]
    policies: Mapping[str, Policy]
    places: Mapping[str, Place]
    synonyms: Mapping[str, Synonym]
    curations: Mapping[str, Curation]
    denials: Mapping[str, Denial]
    rehearsals: Mapping[str, Rehearsal]
    digest: str
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict)

    def by_kind(self, kind: Kind) -> Mapping[str, Entity]:
        """All records of a kind that is searched."""
        tables: dict[Kind, Mapping[str, Entity]] = {
            "item": self.items,
            "bundle": self.bundles,
            "faq": self.faqs,
            "policy": self.policies,
            "material": self.materials,
            "place": self.places,
        }
        return tables[kind]

    def find(self, id_: str) -> tuple[Kind, Entity] | None:
        """What has this id, of whatever kind that is searched."""
        return next(((kind, self.by_kind(kind)[id_]) for kind in KINDS if id_ in self.by_kind(kind)), None)

    def entities(self) -> Iterator[tuple[Kind, Entity]]:
        for kind in KINDS:
            for entity in self.by_kind(kind).values():
                yield kind, entity

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        return {r.code: r for r in self.info.regions}

    @cached_property
    def districts(self) -> tuple[Region, ...]:
        """Regions an applicant can be in: everything but the city as a whole."""
        return tuple(r for r in self.info.regions if r.kind != "city")

    def department_name(self, department: str, region: str | None = None) -> str:
        """Display name of a department, of the district's office where one is named; "" if it is unknown."""
        for d in self.info.departments:
            if d.id == department:
                return d.regions.get(region or "", d.name)
        return ""

    def channel_name(self, channel: str) -> str:
        """Display name of a channel; "" if it is unknown."""
        return next((c.name for c in self.info.channels if c.id == channel), "")

    def implementation(self, item: ServiceItem, region: str) -> Implementation:
        """What the item's data says of a district; an empty one where it says nothing."""
        return item.implementations.get(region, Implementation())

    def places_of(self, item: ServiceItem, region: str | None) -> tuple[Place, ...]:
        """Where the item is handled: a district's own places, else the places of its kind there; all without a region."""
        regions = [region] if region else [r.code for r in self.info.regions]
        found: list[Place] = []
        for code in regions:
            named = [self.places[p] for p in self.implementation(item, code).places if p in self.places]
            found += named or [p for p in self.places.values() if p.kind == item.handled_at and p.region == code]
        if not found and region and (parent := self.regions.get(region)) and parent.parent:
            return self.places_of(item, parent.parent)
        return tuple(dict.fromkeys(found))

"""Which records have a phrase in their text."""

from collections.abc import Sequence

from .city import City, Entity, Kind


def records_with(city: City, phrases: Sequence[str]) -> list[list[tuple[Kind, Entity]]]:
    """For each phrase the items, bundles, FAQs, policies, materials and places that have it, in the city's order."""
    texts = [(kind, entity, _text(entity)) for kind, entity in city.entities()] if phrases else []
    wanted = [phrase.strip().lower() for phrase in phrases]
    return [[(kind, entity) for kind, entity, text in texts if phrase and phrase in text] for phrase in wanted]


def _text(entity: Entity) -> str:
    """All that was written in the record, lower case."""
    return entity.model_dump_json(exclude={"id", "validity", "basis", "legal_basis"}, exclude_defaults=True).lower()

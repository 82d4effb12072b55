"""Records ↔ what the database and YAML hold: plain JSON values, only the fields that were written."""

from typing import Any

from pydantic import BaseModel, ValidationError

from ..city import City
from ..loader import FOLDERS, describe
from ..schema import CityInfo
from .errors import StoreError

KINDS: dict[str, type[BaseModel]] = {
    "city": CityInfo,
    **{{"policies": "policy"}.get(folder, folder.removesuffix("s")): model for folder, model in FOLDERS.items()},
}
"""Kind of record → its model: city, fact, source, material, item, bundle, faq, policy, place, rehearsal, synonym,
curation, denial."""
SEARCH_KINDS = ("synonym", "curation", "denial")
"""Kinds that say something of the search and nothing of what the city offers."""
FOLDER_OF = {{"policies": "policy"}.get(folder, folder.removesuffix("s")): folder for folder in FOLDERS}


class Invalid(StoreError):
    """A body that is no record of its kind; `problems` names each field in Chinese."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems))


def body_of(record: BaseModel) -> dict[str, Any]:
    """What was written, nothing that is only a default."""
    body: dict[str, Any] = record.model_dump(mode="json", exclude_unset=True)
    return body


def record_of(kind: str, body: dict[str, Any]) -> BaseModel:
    """Raises Invalid, KeyError for a kind that there is not."""
    try:
        return KINDS[kind].model_validate(body)
    except ValidationError as error:
        raise Invalid([f"{'.'.join(map(str, e['loc']))}：{describe(e)}" for e in error.errors()]) from error


def records_of(city: City) -> dict[tuple[str, str], BaseModel]:
    """Every record of a city by (kind, id)."""
    found: dict[tuple[str, str], BaseModel] = {("city", city.info.id): city.info}
    for kind, folder in FOLDER_OF.items():
        found |= {(kind, id_): record for id_, record in getattr(city, folder).items()}
    return found

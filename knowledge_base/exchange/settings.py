"""The named numbers and words of imports: limits.yaml, headers.yaml, values.yaml."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..yaml_reader import read_yaml

_HERE = Path(__file__).parent


class Limits(BaseModel):
    """limits.yaml; the meaning of each number stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_bytes: int
    unpacked_bytes: int
    document_bytes: int
    zip_ratio: int
    zip_ratio_from_bytes: int
    zip_entries: int
    tables: int
    merged_cells: int
    row_bytes: int
    rows: int
    columns: int
    cell_characters: int
    cells: int
    characters: int
    seconds: float
    process_seconds: float
    process_bytes: int
    header_within_rows: int
    blank_rows: int
    issues_of_a_rule: int
    changes_shown: int
    outcome_targets: int
    samples: int
    sample_characters: int
    repeated_from: int
    header_similarity: float
    exact_digits: int


class Neutral(BaseModel):
    """What stands where the schema wants something that the data lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item_type: str
    level: str
    department: str
    topic: str
    reason: str
    material_kind: str
    place_kind: str
    consultation_phone: str
    complaint_phone: str
    unsourced: str
    sample_notice: str
    place_kinds: tuple[dict[str, str], ...]
    immediate_within_working_days: float


class Words(BaseModel):
    """values.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    empty: frozenset[str]
    clear: frozenset[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    item_type: dict[str, tuple[str, ...]]
    level: dict[str, tuple[str, ...]]
    audience: dict[str, tuple[str, ...]]
    case_type: dict[str, tuple[str, ...]]
    form: dict[str, tuple[str, ...]]
    material_kind: dict[str, tuple[str, ...]]
    submission: dict[str, tuple[str, ...]]
    unit: dict[str, tuple[str, ...]]
    at_once: tuple[str, ...]
    free: tuple[str, ...]
    charged: tuple[str, ...]
    no_place: tuple[str, ...]
    place_prefixes: tuple[str, ...]
    phone: re.Pattern[str]
    phone_separators: re.Pattern[str]
    table_titles: dict[str, tuple[str, ...]]
    neutral: Neutral


@lru_cache(maxsize=1)
def limits() -> Limits:
    return Limits.model_validate(_read("limits"))


@lru_cache(maxsize=1)
def words() -> Words:
    return Words.model_validate(_read("values"))


@lru_cache(maxsize=1)
def headers() -> dict[str, dict[str, list[str]]]:
    """Kind → field → names of its column, the one that exports write first."""
    found: dict[str, dict[str, list[str]]] = _read("headers")
    return found


def _read(name: str) -> Any:
    return read_yaml((_HERE / f"{name}.yaml").read_bytes())

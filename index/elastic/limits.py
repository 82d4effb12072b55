"""The numbers of limits.yaml, checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveFloat, PositiveInt

_FILE = Path(__file__).parent / "limits.yaml"
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Read(BaseModel):
    model_config = _STRICT
    request: PositiveFloat
    at_once: PositiveInt
    retries: NonNegativeInt
    look_again: PositiveFloat
    trip_after: PositiveInt
    trip: PositiveFloat
    documents: PositiveInt
    candidates_per_hit: PositiveInt
    most_candidates: PositiveInt
    spellings: PositiveInt
    spelling_keys: PositiveInt


class Write(BaseModel):
    model_config = _STRICT
    publish: PositiveFloat
    publish_unit: PositiveFloat
    request: PositiveFloat
    primary: PositiveFloat
    replicas: PositiveFloat
    records: PositiveInt
    actions: PositiveInt
    bytes: PositiveInt
    growth: float = Field(gt=1)
    first_wait: PositiveFloat
    longest_wait: PositiveFloat
    give_up: PositiveFloat
    grace: PositiveFloat


class Limits(BaseModel):
    model_config = _STRICT
    read: Read
    write: Write


@cache
def limits() -> Limits:
    return Limits.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))

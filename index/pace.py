"""How fast, how long and in how many dimensions a low-rank step is learned."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Pace(BaseModel):
    """`last_rate` is a share of `rate`, which is reached after `warm` steps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(ge=1)
    steps: int = Field(ge=1)
    rate: float = Field(gt=0)
    warm: int = Field(ge=1)
    last_rate: float = Field(gt=0, le=1)
    decay: float = Field(ge=0)

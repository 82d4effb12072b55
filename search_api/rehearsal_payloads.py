"""What the interface takes and gives about rehearsals of online applications."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from knowledge_base.rehearsing import FieldError, Preparation
from knowledge_base.schema import FieldKind

from .payloads import FactName, Link, Payload

MAX_TYPED = 120
"""Fields in one request; no form of the content comes near."""


class FileTyped(Payload):
    """A file's name and size in bytes; its content is never sent."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    size: Annotated[int, Field(strict=True, ge=0, le=10**12)]


ValueTyped = StrictBool | Annotated[str, StringConstraints(max_length=500)] | FileTyped


class RehearsalCheckRequest(Payload):
    """All that was typed so far, by field id; `screen` is the one to check."""

    screen: FactName
    typed: Annotated[dict[FactName, ValueTyped], Field(max_length=MAX_TYPED)] = Field(default_factory=dict)


class RehearsalCheckResponse(Payload):
    """`fields` that the screen shows for what was typed, `screens` that apply; `complete`: the screen has no error.
    `preparations`: what to have at hand for the whole form as it stands."""

    screen: str
    fields: list[str]
    errors: list[FieldError]
    complete: bool
    screens: list[str]
    preparations: list[Preparation]


class RehearsalLink(Payload):
    """A rehearsal in a list. `aim` book: only the appointment is made online."""

    id: str
    title: str
    summary: str
    item: Link
    channel: str
    aim: Literal["apply", "book"]
    screens: int


class RehearsalList(Payload):
    rehearsals: list[RehearsalLink]


class RehearsalOption(Payload):
    value: str
    label: str
    hint: str


class RehearsalField(Payload):
    """`conditional`: shows only after certain answers; the check says when. `accept`: endings a file may have."""

    id: str
    label: str
    kind: FieldKind
    required: bool
    conditional: bool
    hint: str
    where: str
    material: Link | None
    example: str
    unit: str
    options: list[RehearsalOption]
    accept: list[str]


class RehearsalMistake(Payload):
    wrong: str
    consequence: str
    right: str
    field: str


class RehearsalScreen(Payload):
    id: str
    title: str
    purpose: str
    fields: list[RehearsalField]
    mistakes: list[RehearsalMistake]


class RehearsalPage(RehearsalLink):
    """`url` is empty where the channel's address has no source. `notice`: how far to trust the sample."""

    channel_about: str
    url: str
    entry: str
    before: list[str]
    forms: list[RehearsalScreen]
    after: list[str]
    notice: str

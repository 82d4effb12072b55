"""The tuning numbers of ranking.yaml, checked when read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import SettingsInvalid

DEFAULT = Path(__file__).with_name("ranking.yaml")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Units(_Part):
    """How documents are cut. Changing it makes indexes built before refuse to open."""

    window: int = Field(ge=40, le=2000)


class Fields(_Part):
    """Weight of each lexical field's BM25; `number` times as much for a telephone number."""

    grams: float = Field(ge=0)
    words: float = Field(ge=0)
    sound: float = Field(ge=0)
    number: float = Field(ge=0)


class Retrieval(_Part):
    lexical_units: int = Field(ge=1)
    dense_units: int = Field(ge=1)
    query_characters: int = Field(ge=1)


class Fusion(_Part):
    """final = dense × (cosine + support) + trust × BM25 sum. A document's support is `support` times the mean, of its `following`
    next best units, of how far each is within `reach` of the nearest unit of all. Trust is `sure` from a best BM25 sum of `sure_from`
    on, below it as much less as the best sum is, and at least `weak`; where a share of `digits` of what was said are digits, it is 1."""

    dense: float
    support: float = Field(ge=0)
    following: int = Field(ge=1)
    reach: float = Field(ge=0)
    weak: float = Field(gt=0, le=1)
    sure: float = Field(gt=0, le=1)
    sure_from: float = Field(gt=0)
    digits: float = Field(gt=0, le=1)


class Synonyms(_Part):
    """`weight` of an added term against one that was typed. Where a share of `meant` of what was said are phrases that officials
    have other words for, those are encoded, too."""

    weight: float = Field(ge=0, le=1)
    meant: float = Field(ge=0)


class Repair(_Part):
    """Other spellings: bounds, and costs in nats (spelling.py says of what)."""

    weight: float = Field(ge=0, le=1)
    worth: float = Field(ge=0)
    shown_from: float = Field(ge=0)
    instead_from: float = Field(ge=0)
    characters: int = Field(ge=0)
    most: int = Field(ge=0)
    odd_from: float = Field(ge=0)
    alone: float = Field(ge=0)
    unread: float = Field(ge=0)
    unknown: float = Field(ge=0)
    indexed: float = Field(ge=0)
    least: float = Field(ge=0)
    same_sound: float = Field(ge=0)
    asked_from: float = Field(ge=0)
    heard: float = Field(ge=0)
    heard_most: float = Field(ge=0)
    singles: int = Field(ge=0)
    near_sound: float = Field(ge=0)
    shape: float = Field(ge=0)
    swapped: float = Field(ge=0)
    doubled: float = Field(ge=0)
    extra: float = Field(ge=0)
    missing: float = Field(ge=0)


class Boosts(_Part):
    """Added to the final score; `name` when the query is exactly one of the document's names, times `named` of its kind.
    `kind` counts whole up to so many characters of a query, and of longer ones as their share: whoever says more says which kind
    of answer would do."""

    region: float
    other_region: float
    audience: float
    popularity: float
    name: float
    named: dict[str, float] = Field(default_factory=dict)
    kind: dict[str, float] = Field(default_factory=dict)
    kind_characters: float = Field(gt=0)


class Asides(_Part):
    """`boost` of a document among the best so many whose name is about a matter in a way that was not asked for."""

    boost: float = Field(le=0)
    among: int = Field(ge=0)


class Cut(_Part):
    """A candidate further than `below_best` under the best score is dropped; at most `pool` remain."""

    below_best: float = Field(ge=0)
    pool: int = Field(ge=1)


class Confidence(_Part):
    """P(first hit is right) = σ(bias + Σ weight × feature), fitted on answered and unanswerable questions."""

    bias: float
    cosine: float
    coverage: float
    margin: float
    name: float


class Curations(_Part):
    """`certain`: confidence that a result pinned to exactly this query is what was asked for."""

    certain: float = Field(ge=0, le=1)


class Grouping(_Part):
    """At most so many of a group are listed under its first."""

    others: int = Field(ge=0)


class Suggestions(_Part):
    """Names `looked_at` for one beginning; `usage` is what full use (of the most used among them) adds to a popularity of
    0–1, `near` what holding in the caller's own region adds."""

    looked_at: int = Field(ge=1)
    usage: float = Field(ge=0)
    near: float = Field(ge=0)


class Vectors(_Part):
    """How vectors (stored as half floats) are searched. Up to `flat_until` all are compared; of more, the `looked_at` that their
    codes hold for the nearest, or one for every `rows_a_look` where that is more. Codes lie in one list up to `list_until`; above
    that in clusters of about `rows_a_list`, of which the share `probed` is looked into. A filter that lets at most `scan_until`
    through is answered exactly. A small chunk is joined with what was published after it when it is at most `chunk_ratio` times as
    large; more than `chunks_kept` small ones are made one in any case."""

    flat_until: int = Field(ge=0)
    dimensions_a_code: int = Field(ge=1)
    looked_at: int = Field(ge=1)
    rows_a_look: int = Field(ge=1)
    list_until: int = Field(ge=0)
    rows_a_list: int = Field(ge=1)
    most_lists: int = Field(ge=1)
    probed: float = Field(gt=0, le=1)
    samples: int = Field(ge=16)
    samples_a_list: int = Field(ge=1)
    training_rounds: int = Field(ge=1)
    scan_until: int = Field(ge=0)
    chunks_kept: int = Field(ge=2)
    chunk_ratio: int = Field(ge=1)


class Scale(_Part):
    """times × cosine + plus lies where the default encoder's cosines lie."""

    times: float = Field(gt=0)
    plus: float


class Ranking(_Part):
    units: Units
    fields: Fields
    retrieval: Retrieval
    fusion: Fusion
    synonyms: Synonyms
    repair: Repair
    boosts: Boosts
    asides: Asides
    cut: Cut
    confidence: Confidence
    confidence_lexical: Confidence
    curations: Curations
    grouping: Grouping
    suggestions: Suggestions
    vectors: Vectors
    encoders: dict[str, Scale] = Field(default_factory=dict)

    def of(self, encoder: str | None) -> Ranking:
        """The same for another encoder by name: what is weighed against the default one's cosines takes its scale."""
        scale = self.encoders.get(encoder or "")
        if scale is None:
            return self
        sure = self.confidence
        scaled = {"cosine": sure.cosine * scale.times, "bias": sure.bias + sure.cosine * scale.plus}
        fusion = self.fusion.model_copy(update={"dense": self.fusion.dense * scale.times})
        return self.model_copy(update={"fusion": fusion, "confidence": sure.model_copy(update=scaled)})


def load(path: Path) -> Ranking:
    """Raises SettingsInvalid with what is wrong and where."""
    try:
        return Ranking.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"排序配置有误：{path.name}：{error}") from error


@cache
def default() -> Ranking:
    return load(DEFAULT)

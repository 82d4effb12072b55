"""`Index`: what the other rooms call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from types import TracebackType

import numpy as np

from . import opening, related, search, starts
from .analysis import fold, runs
from .build import manifest_of
from .encoder import Encoder
from .engine import Engine, Filter, Started
from .models import IndexSettings, Related, SearchResult, Suggestion
from .ranking import Ranking
from .wording import Wording
from .wording import default as default_wording


class Index:
    """Thread-safe. Every call first goes over to the newest published version. Raises EngineUnavailable while the engine
    does not answer."""

    def __init__(self, engine: Engine, encoder: Encoder | None, ranking: Ranking, wording: Wording) -> None:
        self._engine = engine
        self._encoder = encoder
        self._ranking = ranking
        self._wording = wording

    @property
    def degraded(self) -> bool:
        """True while answers come without the encoder."""
        return self._encoder is None

    def version(self) -> str:
        self._engine.refresh()
        return self._engine.version()

    def search(
        self,
        q: str,
        *,
        kinds: Sequence[str] = (),
        region: str | None = None,
        audience: str | None = None,
        department: str | None = None,
        limit: int = 10,
        offset: int = 0,
        as_of: date | None = None,
    ) -> SearchResult:
        """Given filters filter; region and audience named in the text only raise. `as_of` is today unless given."""
        self._engine.refresh()
        where = Filter(tuple(kinds), _one(region), _one(audience), _one(department))
        wanted = search.Wanted(q, where, limit, offset, as_of or today())
        return search.search(
            wanted, self._engine, self._encoder, self._ranking, self._wording, self._ranking.units.window
        )

    def suggest(self, prefix: str, limit: int = 8) -> list[Suggestion]:
        """Names that begin, at any of their words, as typed: as text, pinyin or initials; popular ones first."""
        self._engine.refresh()
        typed = "".join(runs(fold(prefix)))
        found: dict[str, Started] = {}
        for entry in starts.beginning_with(typed, self._engine, limit * 4):
            found.setdefault(entry.document, entry)
        return [Suggestion(e.text, e.kind, e.document) for e in list(found.values())[:limit]]

    def related(self, id: str, limit: int = 6) -> list[Related]:
        """Others that a reader of this document may want; empty for an unknown id."""
        self._engine.refresh()
        return related.related(id, limit, today(), self._engine, self._encoder, self._ranking, self._wording)

    def encode(self, texts: Sequence[str]) -> np.ndarray | None:
        """Unit vectors, float32, len(texts) × dimension; None without an encoder."""
        return self._encoder.queries(texts) if self._encoder else None

    def match(self, text: str, candidates: Sequence[str]) -> list[tuple[int, float]]:
        """(position, cosine) of each candidate by likeness of meaning, best first; empty without an encoder. The cosine
        orders; it is not a probability."""
        if self._encoder is None or not candidates:
            return []
        vectors = self._encoder.queries([text, *candidates])
        scores = (vectors[1:] @ vectors[0]).tolist()
        return sorted(enumerate(scores), key=lambda entry: (-entry[1], entry[0]))

    def close(self) -> None:
        self._engine.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_index(settings: IndexSettings) -> Index:
    """Opens what was published last. Raises IndexMissing, IndexMismatch (made by another analysis or encoder),
    IndexDamaged, EngineUnavailable. A missing encoder does not raise: search is lexical and `degraded`."""
    ranking = opening.ranking()
    encoder = opening.encoder(settings)
    engine, made_with = opening.engine(settings, ranking)
    opening.check(made_with, manifest_of(encoder, ranking))
    if made_with.encoder is None:
        encoder = None
    if encoder:
        encoder.queries(["预热"])
    return Index(engine, encoder, ranking, default_wording())


def today() -> date:
    """The day by the clock of the place that the product serves."""
    return datetime.now().astimezone().date()


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()

"""`Index`: what the other rooms call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import TracebackType

from knowledge_base.in_force import today

from . import opening, related, search, starts, suggesting
from .analysis import fold, runs
from .build import manifest_of, publish
from .curations import Curations
from .encoder import Encoder
from .engine import Engine, Filter
from .models import BuildReport, Document, IndexSettings, Related, SearchResult, Suggestion
from .ranking import Ranking
from .reranking import Wanted, served
from .turns import Turns, cores


class Index:
    """Thread-safe. Every call first goes over to the newest published version, unless another thread is at it. Raises
    EngineUnavailable while the engine does not answer."""

    def __init__(self, engine: Engine, encoder: Encoder | None, ranking: Ranking) -> None:
        self._engine = engine
        self._encoder = encoder
        self._ranking = ranking
        self._curations = Curations()
        self._used: Mapping[str, float] = {}
        self._used_names = suggesting.UsedNames()
        # A maintainer's hit test waits for its turn as people do: it is the same work, and beside the turns it would slow every
        # search that is under way. Its two searches come one after the other, so that one tester holds one turn at most.
        self._turns = Turns(engine.at_once, cores=cores())

    @property
    def at_once(self) -> int:
        """How many searches may be under way together; more wait for their turn."""
        return self._engine.at_once

    @property
    def degraded(self) -> bool:
        """True while answers come without the encoder."""
        return self._encoder is None

    def curate(self, curations: Curations) -> None:
        """From the next call on these hold."""
        self._curations = curations

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
        near: Sequence[str] = (),
        curations: Curations | None = None,
    ) -> SearchResult:
        """Given filters filter; region and audience named in the text only raise, and so does `near`, the
        caller's region, what it lies in, and so on.
        `as_of` is today unless given; `curations` are tried in place of those that hold."""
        self._engine.refresh()
        day = as_of or today()
        active = (curations or self._curations).on(day)
        where = Filter(tuple(kinds), _one(region), _one(audience), _one(department))
        wanted = Wanted(q, where, limit, offset, day, tuple(near))
        with self._turns:
            return search.search(wanted, self._engine, self._encoder, self._ranking, active, self._turns.together)

    def favour(self, used: Mapping[str, float]) -> None:
        """How much each document is used, as counted; suggestions follow it."""
        self._engine.refresh()
        self._used_names.follow(used, self._engine)
        self._used = used

    def suggestible(self, text: str) -> bool:
        """False for what is on the list of what is never suggested."""
        return self._curations.on(today()).suggestible(text)

    def suggest(
        self, prefix: str, limit: int = 8, curations: Curations | None = None, near: Sequence[str] = ()
    ) -> list[Suggestion]:
        """Names that begin, at any of their words, as typed: as text, pinyin or initials. What is used and what is
        popular comes first, each kind together, and of the districts' the caller's; only what is served today and may be
        suggested."""
        self._engine.refresh()
        day = today()
        suggestible = (curations or self._curations).on(day).suggestible
        typed = "".join(runs(fold(prefix)))
        if not typed or not suggestible(typed):
            return []
        numbers = self._ranking.suggestions
        begun = [
            *self._used_names.beginning_with(typed),
            *starts.beginning_with(typed, self._engine, numbers.looked_at),
        ]
        found = [e for e in begun if suggestible(e.text)]
        facts = self._engine.facts([e.document for e in found])
        offered = [e for e in found if e.document in facts and served(facts[e.document], day)]
        return suggesting.chosen(offered, self._used, numbers, limit, suggesting.nearness(facts, near))

    def related(self, id: str, limit: int = 6) -> list[Related]:
        """Others that a reader of this document may want; empty for an unknown id."""
        self._engine.refresh()
        day = today()
        wording = self._curations.on(day).wording
        return related.related(id, limit, day, self._engine, self._encoder, self._ranking, wording)

    def match(self, text: str, candidates: Sequence[str]) -> list[tuple[int, float]]:
        """(position, cosine) of each candidate by likeness of meaning, best first; empty without an encoder. The cosine
        orders; it is not a probability."""
        if self._encoder is None or not candidates:
            return []
        vectors = self._encoder.as_published([text, *candidates])
        scores = (vectors[1:] @ vectors[0]).tolist()
        return sorted(enumerate(scores), key=lambda entry: (-entry[1], entry[0]))

    def publish(self, changed: Iterable[Document], removed: Iterable[str], settings: IndexSettings) -> BuildReport:
        """As `build.publish`, into the index that the settings name, with the encoder that is open here; served from here
        when it returns."""
        report = publish(changed, removed, settings, opened=self._encoder)
        self._engine.refresh(wait=True)
        return report

    def close(self) -> None:
        self._turns.close()
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
    return Index(engine, encoder, ranking.of(encoder.card.name if encoder else None))


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()

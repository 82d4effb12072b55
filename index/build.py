"""Documents → a published index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from . import analysis, opening
from .encoder import Encoder
from .engine import FORMAT, Manifest, Record
from .errors import IndexDamaged, IndexMismatch, IndexMissing
from .models import BuildReport, Document, IndexSettings
from .ranking import Ranking
from .units import Piece, pieces, recipe, record_of, texts_of
from .vector_cache import VectorCache

Progress = Callable[[str, int, int], None]
"""Called with (step, done, all)."""


RegionNames = tuple[tuple[str, tuple[str, ...]], ...]


def manifest_of(encoder: Encoder | None, ranking: Ranking, region_names: RegionNames = ()) -> Manifest:
    """What this program would make an index with now."""
    return Manifest(
        format=FORMAT,
        analysis=analysis.VERSION,
        encoder=encoder.fingerprint if encoder else None,
        dimension=encoder.dimension if encoder else None,
        units=recipe(ranking),
        region_names=region_names,
    )


def build(
    documents: Iterable[Document],
    settings: IndexSettings,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
    region_names: Mapping[str, Sequence[str]] | None = None,
) -> BuildReport:
    """Make the index hold exactly these documents. Built beside what is served, then swapped; nothing is done when
    nothing changed. Two documents with one id raise ValueError. `cache` is another vector cache than the index's own;
    `region_names` are what people call each region value, so that one named in a query is understood."""
    start = time.perf_counter()
    wanted = _by_id(documents)
    ranking = opening.ranking()
    encoder = opening.encoder_for_build(settings)
    names = tuple((region, tuple(said)) for region, said in (region_names or {}).items())
    manifest = manifest_of(encoder, ranking, names)
    before, made_with = _served(settings)
    changes = Changes(before, wanted)
    if made_with == manifest and not (changes.created or changes.updated or changes.deleted):
        return changes.report(start, 0, 0)
    prepared = Preparing(list(wanted.values()), cache or cache_of(settings), encoder, ranking, progress)
    store = opening.store(settings, ranking)
    store.replace(prepared.records(), manifest)
    return changes.report(start, prepared.units, prepared.encoded)


def publish(
    changed: Iterable[Document],
    removed: Iterable[str],
    settings: IndexSettings,
    progress: Progress | None = None,
    *,
    opened: Encoder | None = None,
) -> BuildReport:
    """Replace, add and remove single documents; searchable in both legs when it returns. `opened` is the settings' encoder
    where it is open already. Raises IndexMismatch where the index was made otherwise than this program would, and
    IndexMissing where there is none: build first."""
    start = time.perf_counter()
    wanted = _by_id(changed)
    ranking = opening.ranking()
    encoder = opened or opening.encoder_for_build(settings)
    manifest = manifest_of(encoder, ranking)
    gone = list(dict.fromkeys(removed))
    before, made_with = _served(settings, [*wanted, *gone])
    opening.check(made_with, manifest)
    manifest = replace(manifest, region_names=made_with.region_names) if made_with else manifest
    gone = [r for r in gone if r in before and r not in wanted]
    kept = {d: digest for d, digest in before.items() if d in wanted or d in gone}
    changes = Changes(kept, wanted)
    fresh = [d for d in wanted.values() if before.get(d.id) != d.digest()]
    if not fresh and not gone:
        return changes.report(start, 0, 0)
    prepared = Preparing(fresh, cache_of(settings), encoder, ranking, progress)
    opening.store(settings, ranking).change(prepared.records(), gone, manifest)
    return changes.report(start, prepared.units, prepared.encoded)


def holds(documents: Iterable[Document], settings: IndexSettings) -> bool:
    """Whether exactly these documents are served. Raises IndexMissing where nothing is."""
    before, made_with = _served(settings)
    if made_with is None:
        raise IndexMissing("还没有建立索引：请先运行 python -m index build")
    return before == {d.id: d.digest() for d in documents}


class Preparing:
    """Cuts and encodes documents. `units` and `encoded` are known once `records` was read to its end."""

    def __init__(
        self,
        documents: Sequence[Document],
        cache: Path,
        encoder: Encoder | None,
        ranking: Ranking,
        progress: Progress | None,
    ) -> None:
        self._documents = documents
        self._cache = cache
        self._encoder = encoder
        self._window = ranking.units.window
        self._progress = progress or (lambda step, done, all_: None)
        self.units = 0
        self.encoded = 0

    def records(self) -> Iterator[Record]:
        parts = [pieces(d, self._window) for d in self._documents]
        self.units = sum(map(len, parts))
        if self._encoder is None:
            for number, (document, cut) in enumerate(zip(self._documents, parts, strict=True), 1):
                yield record_of(document, cut, None)
                self._progress("index", number, len(parts))
            return
        with VectorCache(self._cache, self._encoder) as cache:
            vectors = cache.vectors(_all_texts(parts), lambda done, all_: self._progress("encode", done, all_))
            self.encoded = cache.encoded
        row = 0
        for number, (document, cut) in enumerate(zip(self._documents, parts, strict=True), 1):
            yield record_of(document, cut, vectors[row : row + len(cut)])
            row += len(cut)
            self._progress("index", number, len(parts))


class Changes:
    """Compares digests by id."""

    def __init__(self, before: dict[str, str], wanted: dict[str, Document]) -> None:
        self.created = sum(d not in before for d in wanted)
        self.updated = sum(d in before and before[d] != document.digest() for d, document in wanted.items())
        self.skipped = len(wanted) - self.created - self.updated
        self.deleted = sum(d not in wanted for d in before)

    def report(self, start: float, units: int, encoded: int) -> BuildReport:
        seconds = round(time.perf_counter() - start, 3)
        return BuildReport(self.created, self.updated, self.skipped, self.deleted, seconds, units, encoded)


def _served(settings: IndexSettings, documents: Sequence[str] | None = None) -> tuple[dict[str, str], Manifest | None]:
    """Digests of what is served (of the given documents), and what it was made with. A damaged index counts as none, and
    so does one of an older format: it can always be made again."""
    try:
        engine, made_with = opening.engine(settings, opening.ranking())
    except (IndexDamaged, IndexMismatch, IndexMissing):
        return {}, None
    try:
        return (engine.digests(documents) if made_with.format == FORMAT else {}), made_with
    finally:
        engine.close()


def cache_of(settings: IndexSettings) -> Path:
    return settings.path / "vectors.sqlite"


def _by_id(documents: Iterable[Document]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for document in documents:
        if document.id in found:
            raise ValueError(f"两份资料用了同一个编号：{document.id}")
        found[document.id] = document
    return found


def _all_texts(parts: Iterable[Sequence[Piece]]) -> list[str]:
    return [text for cut in parts for text in texts_of(cut)]

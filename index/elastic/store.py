"""Writes to Elasticsearch: a build fills new indices and swaps both aliases at once; a change writes beside what is served
and becomes visible by one replaced document, the state."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..engine import Manifest, Record
from ..errors import EngineUnavailable, MigrationFailed
from ..models import IndexSettings
from . import layout, state
from .connection import connect_to_write, translated
from .deadline import ended_after
from .generation import Generation
from .limits import Write, limits
from .state import State

log = logging.getLogger(__name__)


class ElasticStore:
    """Implements `engine.Store`. Of two writers at once the second is refused with EngineUnavailable; a change that is not
    done when its time (limits.yaml) is over raises it, too."""

    def __init__(self, url: str, settings: IndexSettings, numbers: Write | None = None) -> None:
        self._client = connect_to_write(url, settings)
        self._names = layout.Names(settings.name)
        self._numbers = numbers or limits().write

    def replace(self, records: Iterable[Record], manifest: Manifest) -> None:
        with translated():
            generation = self.begin(uuid.uuid4().hex[:12], manifest)
            try:
                generation.write(records, 0)
                self.serve(generation)
            except BaseException:
                generation.delete()
                raise

    def begin(self, version: str, manifest: Manifest) -> Generation:
        """Empty indices of this version, beside what is served. Vendor errors come as they are."""
        layout.ensure_templates(self._client, self._names)
        generation = self.generation(version)
        try:
            generation.create(State(version, manifest))
        except BaseException:
            generation.delete()
            raise
        return generation

    def generation(self, version: str) -> Generation:
        return Generation(self._client, self._names, version, self._numbers)

    def serve(self, generation: Generation) -> None:
        """Both aliases at once. The generation before stays for searches that are under way; older ones are deleted."""
        generation.show()
        before = self._held(self._names.units) + self._held(self._names.documents)
        # an alias that is gone by now fails the whole swap: another build came first
        actions: list[dict[str, Any]] = [
            {"remove": {"index": name, "alias": alias, "must_exist": True}} for name, alias in before
        ]
        actions += [
            {"add": {"index": generation.units, "alias": self._names.units}},
            {"add": {"index": generation.documents, "alias": self._names.documents}},
        ]
        self._client.indices.update_aliases(actions=actions)
        self._forget({generation.units, generation.documents, *(name for name, _ in before)})

    def change(self, changed: Iterable[Record], removed: Iterable[str], manifest: Manifest) -> None:
        fresh, gone = list(changed), list(removed)
        seconds = self._numbers.publish + self._numbers.publish_unit * sum(len(r.units) for r in fresh)
        with _told_in_the_log(), translated(), ended_after(seconds):
            name = self._client.get(index=self._names.documents, id=state.ID, source_includes=["edition"])["_index"]
            generation = self.generation(name.removeprefix(f"{self._names.documents}-"))
            served, number, term = generation.read()
            begun = served.begun()
            number, term = generation.save(begun, number, term)
            swept = served.replaced_before(time.time() - self._numbers.grace)
            if swept:
                generation.erase({"terms": {"copy": swept}})
            if begun.abandoned:
                generation.erase({"terms": {"edition": list(begun.abandoned)}})
            old = generation.copies([*gone, *(r.document.id for r in fresh)], served)
            generation.write(fresh, begun.attempt)
            generation.show()
            generation.serve(begun.published(old, swept, time.time()), number, term)

    def resume(self, version: str, manifest: Manifest) -> Generation:
        """The generation of this version as an earlier run left it, or a new one. Raises MigrationFailed where it is
        served and was published to since: what stands there is newer."""
        with translated():
            generation = self.generation(version)
            begun = generation.begun()
            if begun is not None and begun.attempt:
                raise MigrationFailed("Elasticsearch 上的这一份已经在用，并且有了新的发布，不再覆盖")
            if begun is not None and begun.manifest == manifest:
                generation.show()
                return generation
            generation.delete()
            return self.begin(version, manifest)

    def fill(self, generation: Generation, records: Iterable[Record]) -> None:
        """Written and shown to whoever opens it by its version."""
        with translated():
            generation.write(records, 0)
            generation.show()

    def publish(self, generation: Generation) -> None:
        with translated():
            self.serve(generation)

    def drop(self) -> None:
        with translated():
            self._forget(set())

    def close(self) -> None:
        self._client.close()

    def _held(self, alias: str) -> list[tuple[str, str]]:
        """(index, alias) of what is served."""
        if not self._client.indices.exists_alias(name=alias):
            return []
        return [(name, alias) for name in self._client.indices.get_alias(name=alias)]

    def _forget(self, kept: set[str]) -> None:
        patterns = [f"{self._names.units}-*", f"{self._names.documents}-*"]
        found = self._client.indices.get(index=patterns, ignore_unavailable=True, allow_no_indices=True)
        stale = [name for name in found if name not in kept]
        if stale:
            self._client.indices.delete(index=stale, ignore_unavailable=True)


@contextmanager
def _told_in_the_log() -> Iterator[None]:
    begun = time.monotonic()
    try:
        yield
    except EngineUnavailable as error:
        log.warning(
            "publish given up after %.1f s (%r): %s", time.monotonic() - begun, error.__cause__, type(error).__name__
        )
        raise

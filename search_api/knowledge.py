"""What is served: the published knowledge of the database, followed live, with the index kept in step."""

import gc
import logging
import socket
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine

from answers.desk import Desk
from index import (
    Document,
    Index,
    IndexSettings,
    build,
    curations_of,
    documents_of,
    holds,
    open_index,
    region_names,
)
from knowledge_base.city import City
from knowledge_base.in_force import city_on, today
from knowledge_base.loader import load_city
from knowledge_base.store import Store
from knowledge_base.store.bodies import SEARCH_KINDS
from knowledge_base.store.locks import Busy, alone
from knowledge_base.store.migrate import migrate
from knowledge_base.store.served import city_from, seed

log = logging.getLogger(__name__)
FIRST_QUERY = "身份证"
LONGEST_SEED_SECONDS, ASK_AGAIN_SECONDS = 300.0, 0.2


class Knowledge:
    """Opening migrates and seeds, one process after the other. `follow`, called again and again, does the rest; a reader
    sees the old or the new. Of several processes the one that comes first publishes to the index; with `publishes` False
    another one does. `city` is all that is published, `desk.city` what of it is in force today."""

    def __init__(self, engine: Engine, root: Path, index: IndexSettings, publishes: bool = True) -> None:
        self.root, self.index_settings, self.publishes = root, index, publishes
        migrate(engine)
        self.store = Store(engine)
        with alone(engine, "seed", LONGEST_SEED_SECONDS):
            seed(self.store, load_city(root))
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._documents: dict[str, Document] = {}
        self.revision = self.store.revision()
        self.city: City = city_from(self.store, root)
        self._desk: Desk | None = None
        self._day = today()

    @property
    def desk(self) -> Desk | None:
        """None until the index is open. From midnight on it is the new day's. Waits for nobody: while another thread
        publishes or makes the new day's, it is the one before."""
        if self._desk is not None and self._day != today() and self._lock.acquire(blocking=False):
            try:
                self._serve(self.city)
            finally:
                self._lock.release()
        return self._desk

    @property
    def in_force(self) -> City:
        """What of the city may be shown today."""
        return desk.city if (desk := self.desk) else city_on(self.city, today())

    def follow(self, patience: float = 0.0) -> None:
        """Opens what is not open yet, and takes over what was published since; waits at most `patience` seconds for
        another process that is publishing. Raises the index's errors, and Busy: try again."""
        with self._lock:
            self.store.run_due()
            if self._desk is None:
                self._open(patience)
                gc.collect()
                gc.freeze()  # a city is a million objects that stay: looking through them again stops every search for .2 s
            elif self.store.revision() != self.revision:
                self._take_over(patience)
                gc.freeze()

    def look(self) -> None:
        """Raises EngineUnavailable while the index does not answer."""
        if self._index is not None:
            self._index.version()

    def _open(self, patience: float) -> None:
        """The index, brought up to what is published; warms what the first person needs."""
        self.revision, self.city = self.store.revision(), city_from(self.store, self.root)
        self._documents = {d.id: d for d in documents_of(self.city)}
        documents = list(self._documents.values())
        if self.publishes:
            with self._publishing(patience):
                build(documents, self.index_settings, region_names=region_names(self.city))
        else:
            self._wait_for(documents, patience)
        self._index = open_index(self.index_settings)
        self._index.curate(curations_of(self.city))
        day = today()
        desk = Desk(city_on(self.city, day), self._index)
        desk.search(FIRST_QUERY, ("item",))
        for target in (*desk.city.items, *desk.city.bundles):
            desk.navigator.step(target)
        self._day, self._desk = day, desk

    def _take_over(self, patience: float) -> None:
        revision, index = self.store.revision(), self._index
        assert index is not None
        changed = self.store.changed_since(self.revision)
        city = city_from(self.store, self.root)
        if any(kind not in SEARCH_KINDS for kind, _ in changed):
            self._index_anew(city, index, patience)
            self._serve(city)
        index.curate(curations_of(city))
        self.city, self.revision = city, revision
        log.info("knowledge revision %d is served", revision)

    def _index_anew(self, city: City, index: Index, patience: float) -> None:
        documents = {d.id: d for d in documents_of(city)}
        if self.publishes:
            changed = [d for id_, d in documents.items() if d != self._documents.get(id_)]
            gone = [id_ for id_ in self._documents if id_ not in documents]
            with self._publishing(patience):
                report = index.publish(changed, gone, self.index_settings)
            log.info("published: %s", report)
        else:
            self._wait_for(list(documents.values()), patience)
        self._documents = documents

    def _serve(self, city: City) -> None:
        """What of the city is in force today; the index leaves out by itself what is not."""
        assert self._index is not None
        self._desk, self._day = Desk(city_on(city, day := today()), self._index), day

    def _publishing(self, patience: float) -> AbstractContextManager[None]:
        """One process at a time on one index."""
        settings = self.index_settings
        where = settings.elasticsearch_url or f"{socket.gethostname()}:{settings.path.absolute()}"
        return alone(self.store.engine, f"index {settings.name} {where.rsplit('@')[-1]}", patience)

    def _wait_for(self, documents: list[Document], patience: float) -> None:
        end = time.monotonic() + patience
        while not holds(documents, self.index_settings):
            if time.monotonic() >= end:
                raise Busy("新内容还没有写进索引，请稍候")
            time.sleep(ASK_AGAIN_SECONDS)

    def close(self) -> None:
        if self._index is not None:
            self._index.close()

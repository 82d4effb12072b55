"""What is served: the published knowledge of the database, followed live, with the index kept in step."""

import logging
import threading
from pathlib import Path

from sqlalchemy import Engine

from answers.desk import Desk
from index import Index, IndexSettings, build, open_index, publish
from index.from_knowledge import documents_of, region_names
from knowledge_base.city import City
from knowledge_base.loader import load_city
from knowledge_base.store import Store
from knowledge_base.store.migrate import migrate
from knowledge_base.store.served import city_from, seed

log = logging.getLogger(__name__)
FIRST_QUERY = "身份证"


class Knowledge:
    """Opening migrates and seeds. `follow`, called again and again, does the rest; a reader sees the old or the new."""

    def __init__(self, engine: Engine, root: Path, index: IndexSettings) -> None:
        self.root, self.index_settings = root, index
        migrate(engine)
        self.store = Store(engine)
        seed(self.store, load_city(root))
        self._lock = threading.Lock()
        self._index: Index | None = None
        self.revision = self.store.revision()
        self.city: City = city_from(self.store, root)
        self.desk: Desk | None = None

    def follow(self) -> None:
        """Opens what is not open yet, and takes over what was published since. Raises the index's errors: try again."""
        with self._lock:
            self.store.run_due()
            if self.desk is None:
                self.desk = self._open()
            elif self.store.revision() != self.revision:
                self._take_over()

    def _open(self) -> Desk:
        """The index, brought up to what is published; warms what the first person needs."""
        self.revision, self.city = self.store.revision(), city_from(self.store, self.root)
        build(documents_of(self.city), self.index_settings, region_names=region_names(self.city))
        self._index = open_index(self.index_settings)
        desk = Desk(self.city, self._index)
        desk.search(FIRST_QUERY, ("item",))
        for target in (*self.city.items, *self.city.bundles):
            desk.navigator.step(target)
        return desk

    def _take_over(self) -> None:
        revision, index = self.store.revision(), self._index
        assert index is not None
        city = city_from(self.store, self.root)
        gone = [e.id for kind, e in self.city.entities() if e.id not in city.by_kind(kind)]
        report = publish(documents_of(city), gone, self.index_settings)
        self.city, self.revision, self.desk = city, revision, Desk(city, index)
        log.info("knowledge revision %d is served: %s", revision, report)

    def close(self) -> None:
        if self._index is not None:
            self._index.close()

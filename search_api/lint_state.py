"""What the linter says of all records, kept beside what is served and linted anew only where something changed."""

import threading

from knowledge_base.city import City
from knowledge_base.lint.records import Linted, lint_all, relint
from knowledge_base.store import Store
from knowledge_base.store.served import with_bodies


class LintState:
    """Thread-safe. The first call lints everything (a second or so); later ones what edits touched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._served: Linted | None = None
        self._worked_on: Linted | None = None
        self._of: tuple[str, tuple[int, ...]] = ("", ())

    def served(self, city: City) -> Linted:
        """Of what is published."""
        with self._lock:
            if self._served is None or self._served.city is not city:
                self._served = relint(self._served, city) if self._served else lint_all(city)
            return self._served

    def worked_on(self, city: City, store: Store) -> Linted:
        """Of what is published with all open drafts in place: what maintainers have before them."""
        served = self.served(city)
        waiting = store.open_versions(bodies=False)
        of = (city.digest, tuple(v.id for v in waiting))
        with self._lock:
            if self._worked_on is None or self._of != of or self._worked_on.today != served.today:
                drafts = store.versions([v.id for v in waiting])
                newest = with_bodies(city, [(v.kind, v.record, v.body) for v in drafts])
                self._worked_on, self._of = relint(self._worked_on or served, newest), of
            return self._worked_on

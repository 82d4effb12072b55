"""usage: python -m benchmarks.serve INDEX PORT INBOX

The real search_api over an index that was built elsewhere, and is served as it is: a benchmark's corpus is not the city's
knowledge. Whatever document (JSON, one a file) is put into INBOX is published as an edit is, by the same call on the
same schedule.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from answers.desk import Desk
from index import Document, open_index
from search_api.app import create_app
from search_api.knowledge import Knowledge
from search_api.settings import Settings


class Given(Knowledge):
    """Serves the index that is there; publishes what comes into the inbox."""

    inbox: Path

    def _open(self, patience: float) -> None:
        self._index = open_index(self.index_settings)
        self._index.search("预热")
        self._desk = Desk(self.city, self._index)

    def follow(self, patience: float = 0.0) -> None:
        super().follow(patience)
        assert self._index is not None
        with self._lock:
            for file in sorted(self.inbox.glob("*.json")):
                self._index.publish([Document.from_json(file.read_text("utf-8"))], [], self.index_settings)
                file.unlink()


def main() -> None:
    index, port, inbox = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    Given.inbox = inbox
    settings = Settings(
        index_path=index,
        database_url=f"sqlite:///{index.parent}/bench.sqlite",
        rate_per_second=1e6,
        rate_burst=10**6,
    )
    app = create_app(settings, Given)
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()

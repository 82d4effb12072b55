"""Every hit of a query, page by page. The library's `scan` waits for a silent node without end, and its second try after a
lost answer would leave out a page; here each page is a request of its own that may be asked for again, on any node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

NEAREST = "_local"
"""The copy on the node that was asked, where it has one: a node that lost sight of the others, and of its master, would send
every other search to a copy on a silent node, and wait for it."""


def every(
    client: Elasticsearch,
    index: str,
    query: Mapping[str, Any],
    by: Sequence[str],
    size: int,
    fields: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """Hits in the order of the fields `by`, which together name one hit; `size` a request, with these fields of the source.
    Vendor errors come as they are."""
    after: Any = None
    while True:
        page = client.search(
            index=index,
            query=query,
            sort=[{field: "asc"} for field in by],
            size=size,
            search_after=after,
            source=bool(fields),
            source_includes=list(fields) or None,
            track_total_hits=False,
            preference=NEAREST,
        )["hits"]["hits"]
        yield from page
        if len(page) < size:
            return
        after = page[-1]["sort"]

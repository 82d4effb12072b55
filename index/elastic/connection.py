"""A client, and vendor errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from ..errors import EngineUnavailable, IndexMissing
from ..models import IndexSettings

REQUEST_SECONDS = 5.0
BUILD_SECONDS = 120.0
_RETRIES = 2
_BUSY = frozenset({429, 502, 503, 504})


def connect(url: str, settings: IndexSettings) -> Elasticsearch:
    """`url` may name several nodes, separated by commas. Connects at the first request."""
    return Elasticsearch(
        [u.strip() for u in url.split(",") if u.strip()],
        api_key=settings.api_key,
        ca_certs=str(settings.ca_certs) if settings.ca_certs else DEFAULT,
        request_timeout=REQUEST_SECONDS,
        retry_on_timeout=True,
        retry_on_status=tuple(_BUSY),
        max_retries=_RETRIES,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Raises EngineUnavailable where the server is not reached or too busy, IndexMissing where it has no such index."""
    try:
        yield
    except NotFoundError as error:
        raise IndexMissing("Elasticsearch 中还没有索引：请先运行 python -m index build") from error
    except ApiError as error:
        if error.status_code in _BUSY:
            raise EngineUnavailable("检索引擎正忙，请稍后再试") from error
        raise
    except TransportError as error:
        raise EngineUnavailable("检索引擎暂时连不上，请稍后再试") from error

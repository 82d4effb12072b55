"""A client, and vendor errors in our words."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import TlsError
from elastic_transport.client_utils import DEFAULT
from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    ConflictError,
    Elasticsearch,
    NotFoundError,
    TransportError,
)

from ..errors import AccessDenied, EngineUnavailable, IndexMissing
from ..models import IndexSettings
from .deadline import BoundedTransport
from .limits import Read, limits

BUSY = frozenset({429, 502, 503, 504})
_NO_ACCESS = "Elasticsearch 不接受这个密钥，或它的权限不够（需要的权限见 docs/many-machines.md）"


def connect(url: str, settings: IndexSettings) -> Elasticsearch:
    """`url` may name several nodes, separated by commas. Connects at the first request. What times out is tried on
    another node, where there is one."""
    nodes = [u.strip() for u in url.split(",") if u.strip()]
    return Elasticsearch(
        nodes,
        api_key=settings.api_key,
        ca_certs=str(settings.ca_certs) if settings.ca_certs else DEFAULT,
        request_timeout=limits().read.request,
        retry_on_timeout=len(nodes) > 1,
        retry_on_status=tuple(BUSY),
        max_retries=limits().read.retries,
        transport_class=BoundedTransport,
    )


def connect_to_write(url: str, settings: IndexSettings) -> Elasticsearch:
    return connect(url, settings).options(request_timeout=limits().write.request)


@contextmanager
def translated() -> Iterator[None]:
    """Raises EngineUnavailable where the server is not reached or too busy or another writer came first, IndexMissing
    where it has no such index, AccessDenied for a key that is unknown or may not do this."""
    try:
        yield
    except NotFoundError as error:
        raise IndexMissing("Elasticsearch 中还没有索引：请先运行 python -m index build") from error
    except (AuthenticationException, AuthorizationException) as error:
        raise AccessDenied(_NO_ACCESS) from error
    except ConflictError as error:
        raise EngineUnavailable("另一个进程刚刚在发布，请稍后再试") from error
    except ApiError as error:
        if error.status_code in BUSY:
            raise EngineUnavailable("检索引擎正忙，请稍后再试") from error
        raise
    except TlsError as error:
        raise EngineUnavailable("检索引擎的证书核验不通过：请检查 ELASTICSEARCH_CA_CERTS") from error
    except TransportError as error:
        raise EngineUnavailable("检索引擎暂时连不上，请稍后再试") from error


class Breaker:
    """Translates as above; after several failures in a row it refuses at once for a while, so that a server that hangs
    does not hold every thread that serves people. Then one caller at a time tries. Thread-safe."""

    def __init__(self, numbers: Read) -> None:
        self._numbers = numbers
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if self._failures >= self._numbers.trip_after:
                if time.monotonic() < self._closed_until:
                    raise EngineUnavailable("检索引擎暂时连不上，请稍后再试")
                self._closed_until = time.monotonic() + self._numbers.trip
        try:
            with translated():
                yield
        except EngineUnavailable:
            with self._lock:
                self._failures += 1
                self._closed_until = time.monotonic() + self._numbers.trip
            raise
        with self._lock:
            self._failures = 0

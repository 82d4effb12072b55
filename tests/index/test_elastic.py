"""What only Elasticsearch can do: go away, hang, refuse, be locked up."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index import EngineUnavailable, IndexSettings, build, open_index, opening, publish
from index.elastic.engine import ElasticEngine, _Served
from index.errors import AccessDenied
from scripts.local_elasticsearch import ElasticsearchNode
from scripts.run import free_port

from .conftest import LIBRARY

NOBODY = f"http://127.0.0.1:{free_port()}"
HUNG_SECONDS = 6.0
"""A search on a server that hangs, at most: one try and what the machine adds."""


def test_gone_is_said_and_it_answers_again_when_back(own: IndexSettings, elasticsearch_node: ElasticsearchNode) -> None:
    build(LIBRARY, own)
    with open_index(own) as index:
        assert index.search("护照").hits[0].id == "passport"
        elasticsearch_node.stop()
        try:
            with pytest.raises(EngineUnavailable, match="连不上"):
                index.search("护照")
            with pytest.raises(EngineUnavailable):
                publish(LIBRARY[:1], [], own)
        finally:
            elasticsearch_node.start()
        assert answers_again(lambda: index.search("护照").hits[0].id == "passport")


def test_hung_is_refused_in_bounded_time_and_it_answers_again(
    own: IndexSettings, elasticsearch_node: ElasticsearchNode
) -> None:
    build(LIBRARY, own)

    def seconds(number: int) -> float:
        begun = time.monotonic()
        with pytest.raises(EngineUnavailable):
            index.search(f"护照{number}")
        return time.monotonic() - begun

    with open_index(own) as index, ThreadPoolExecutor(8) as people:
        assert index.search("护照").hits
        elasticsearch_node.signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            waits = list(people.map(seconds, range(64)))
            assert max(waits) < HUNG_SECONDS, waits
            # eight at once, 64 in all: without the breaker every eighth would wait a whole time-out
            assert time.monotonic() - begun < 2 * HUNG_SECONDS
        finally:
            elasticsearch_node.signal(signal.SIGCONT)
        assert answers_again(lambda: index.search("护照").hits[0].id == "passport")


def answers_again(asked: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            return asked()
        except EngineUnavailable:
            time.sleep(0.2)
    return False


class Overtaken(ElasticEngine):
    """While it looks words up, something is published and another thread takes that over."""

    def __init__(self, settings: IndexSettings) -> None:
        self._settings = settings
        super().__init__(str(settings.elasticsearch_url), settings)

    def _look_up(self, keys: Sequence[str], served: _Served) -> None:
        publish([replace(LIBRARY[1], summary="新的说明。")], [], self._settings)
        self._served = self._look()
        super()._look_up(keys, served)


def test_a_search_that_is_overtaken_by_a_publish_is_answered(own: IndexSettings) -> None:
    build(LIBRARY, own)
    engine = Overtaken(own)
    before = engine.version()
    assert engine.spellings(["hu'zhao", "sen'hen"]) == opening.engine(own, opening.ranking())[0].spellings(
        ["hu'zhao", "sen'hen"]
    )
    assert engine.version() != before


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable):
        open_index(IndexSettings(tmp_path, NOBODY, None))


def test_a_certificate_of_another_ca_is_not_trusted(own: IndexSettings) -> None:
    with pytest.raises(EngineUnavailable, match="证书"):
        open_index(replace(own, ca_certs=None))


def test_an_unknown_key_is_refused(own: IndexSettings, elasticsearch_node: ElasticsearchNode) -> None:
    with pytest.raises(AccessDenied, match="many-machines"):
        open_index(replace(own, elasticsearch_url=elasticsearch_node.url, api_key="bm9ib2R5Om5vdGhpbmc="))

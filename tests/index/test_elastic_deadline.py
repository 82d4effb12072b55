"""Publishing to a real server that stops answering: it ends in time, what was served is served on, and it can be done again."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from index import EngineUnavailable, IndexSettings
from index.elastic.deadline import ended_after
from index.elastic.limits import limits
from index.elastic.store import ElasticStore
from index.engine import Unit
from index.errors import Unconfirmed
from scripts.local_elasticsearch import ElasticsearchNode

from .corpus import DOCUMENTS, record, records
from .test_contract import MANIFEST
from .test_elastic_writing import reader, same


class Interrupted(tuple[Unit, ...]):
    """Units; something happens when they are written."""

    happens: Callable[[], None]

    def __iter__(self) -> Iterator[Unit]:
        self.happens()
        return super().__iter__()


def once_more(publish: Callable[[], None], seconds: float = 5.0) -> None:
    """As it is asked for (请稍后再试) where the answer that was waited for in vain comes true in the middle of the next attempt."""
    end = time.monotonic() + seconds
    while True:
        try:
            return publish()
        except EngineUnavailable as error:
            if "另一个进程刚刚在发布" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_a_publish_on_a_server_that_hangs_ends_in_time_and_can_be_done_again(
    store: ElasticStore, own: IndexSettings, elasticsearch_node: ElasticsearchNode
) -> None:
    seconds = 3.0
    store.replace(records(), MANIFEST)
    before = reader(own)
    edited = record(replace(DOCUMENTS[0], summary="改过的说明。"))
    units = Interrupted(edited.units)
    units.happens = lambda: elasticsearch_node.signal(signal.SIGSTOP)
    numbers = limits().write.model_copy(update={"publish": seconds, "publish_unit": 0.001})
    begun = time.monotonic()
    try:
        with pytest.raises(EngineUnavailable, match="没有完成，线上仍是原来的版本") as told:
            ElasticStore(str(own.elasticsearch_url), own, numbers).change([replace(edited, units=units)], [], MANIFEST)
        took = time.monotonic() - begun
    finally:
        elasticsearch_node.signal(signal.SIGCONT)
    assert not isinstance(told.value, Unconfirmed)
    assert seconds <= took < seconds + 2
    after = reader(own)
    assert same(after, before)
    store.change([edited], [], MANIFEST)
    assert reader(own).digests() == {**before.digests(), "id-card": edited.document.digest()}


def test_a_publish_that_waits_in_vain_for_the_last_answer_says_so_and_can_be_done_again(
    store: ElasticStore, own: IndexSettings, elasticsearch_node: ElasticsearchNode
) -> None:
    store.replace(records(), MANIFEST)
    before = reader(own)
    edited = record(replace(DOCUMENTS[0], summary="改过的说明。"))
    generation = store.generation(before.version().split(".")[0])
    served, number, term = generation.read()
    number, term = generation.save(served.begun(), number, term)
    generation.write([edited], 1)
    generation.show()
    elasticsearch_node.signal(signal.SIGSTOP)
    begun = time.monotonic()
    try:
        with pytest.raises(Unconfirmed, match="可能已经生效"), ended_after(2.0):
            generation.serve(served.begun().published(["id-card@0"], [], time.time()), number, term)
        assert time.monotonic() - begun < 4
    finally:
        elasticsearch_node.signal(signal.SIGCONT)
    again = record(replace(DOCUMENTS[0], summary="再改的说明。"))
    once_more(lambda: store.change([again], [], MANIFEST))
    assert reader(own).digests() == {**before.digests(), "id-card": again.document.digest()}

"""Writing to a real server that is busy, that refuses, or whose publisher died in the middle."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from elasticsearch import ConflictError, Elasticsearch

from index import EngineUnavailable, IndexMismatch, IndexSettings, opening
from index.elastic.bulk import Action, Bulk, put
from index.elastic.connection import connect_to_write, translated
from index.elastic.generation import Generation
from index.elastic.limits import limits
from index.elastic.pages import every
from index.elastic.state import LAYOUT
from index.elastic.store import ElasticStore
from index.engine import Engine
from scripts.local_elasticsearch import ElasticsearchNode

from .corpus import DOCUMENTS, record, records
from .test_contract import ALL, MANIFEST, TOWARDS_CARD, found

PRESSED_BYTES = 512 * 1024
"""What the tests' node takes at once."""


@pytest.fixture
def generation(store: ElasticStore) -> Generation:
    """Empty indices that take what the contract's corpus has."""
    with translated():
        return store.begin("bulk", MANIFEST)


@pytest.fixture
def client(own: IndexSettings) -> Elasticsearch:
    assert own.elasticsearch_url
    return connect_to_write(own.elasticsearch_url, own)


def reader(settings: IndexSettings) -> Engine:
    return opening.engine(settings, opening.ranking())[0]


def large(generation: Generation, number: int, size: int) -> Action:
    source = {"copy": f"d{number}@0", "document": f"d{number}", "edition": 0, "body": "字" * (size // 3)}
    return put(generation.documents, f"d{number}@0", source)


def test_what_the_server_refuses_as_too_much_comes_in_smaller_parts(
    generation: Generation, client: Elasticsearch, elasticsearch_node: ElasticsearchNode
) -> None:
    waits: list[float] = []
    bulk = Bulk(client, limits().write, waits.append)
    bulk.write(large(generation, n, 50_000) for n in range(60))
    assert bulk.refused > 0, "the node took three megabytes at once: nothing was tested"
    assert waits
    assert bulk.room <= limits().write.bytes
    generation.show()
    count = client.count(index=generation.documents, query={"exists": {"field": "copy"}})["count"]
    assert count == 60
    stats = elasticsearch_node.ask("GET", "/_nodes/stats/indexing_pressure")
    pressure = next(iter(stats["nodes"].values()))["indexing_pressure"]["memory"]
    assert pressure["total"]["coordinating_rejections"] > 0


def test_writers_at_once_all_come_through(generation: Generation, client: Elasticsearch) -> None:
    with ThreadPoolExecutor(4) as several:
        work = [
            several.submit(Bulk(client, limits().write).write, [large(generation, n, 100_000) for n in range(s, s + 8)])
            for s in range(0, 32, 8)
        ]
        for done in work:
            done.result()
    generation.show()
    assert client.count(index=generation.documents, query={"exists": {"field": "copy"}})["count"] == 32


def test_what_never_fits_is_given_up_in_bounded_time(generation: Generation, client: Elasticsearch) -> None:
    numbers = limits().write.model_copy(update={"give_up": 1.0, "longest_wait": 0.5})
    begun = time.monotonic()
    with pytest.raises(EngineUnavailable, match="没有收下"):
        Bulk(client, numbers).write([large(generation, 0, 2 * PRESSED_BYTES)])
    assert time.monotonic() - begun < 10


def test_one_that_is_wrong_is_named_and_the_others_are_taken(generation: Generation, client: Elasticsearch) -> None:
    wrong = put(generation.documents, "wrong@0", {"no-such-field": 1})
    with pytest.raises(IndexMismatch, match="wrong@0"):
        Bulk(client, limits().write).write([large(generation, 0, 100), wrong, large(generation, 1, 100)])
    generation.show()
    assert client.count(index=generation.documents, query={"exists": {"field": "copy"}})["count"] == 2


def test_vectors_of_another_length_are_refused_and_nothing_stays(store: ElasticStore, own: IndexSettings) -> None:
    store.replace(records(), MANIFEST)
    before = reader(own).version()
    short = replace(record(DOCUMENTS[1]).units[0], vector=np.ones(3, np.float32))
    with pytest.raises(IndexMismatch, match="food-licence@0"):
        store.replace([replace(record(DOCUMENTS[1]), units=(short,))], MANIFEST)
    with pytest.raises(IndexMismatch, match="food-licence@1"):
        store.change([replace(record(DOCUMENTS[1]), units=(short,))], [], MANIFEST)
    engine = reader(own)
    assert engine.version() == before
    assert set(engine.digests()) == {d.id for d in DOCUMENTS}


def test_what_a_dead_publisher_wrote_is_never_seen(store: ElasticStore, own: IndexSettings) -> None:
    store.replace(records(), MANIFEST)
    before = reader(own)
    torn = replace(DOCUMENTS[0], title="居民身份证作废", aliases=())
    version = before.version().split(".")[0]
    generation = store.generation(version)
    served, number, term = generation.read()
    generation.save(served.begun(), number, term)
    generation.write([record(torn)], 1)
    generation.show()  # as a replica does that becomes primary
    assert same(reader(own), before)

    edited = replace(DOCUMENTS[0], summary="改过的说明。")
    store.change([record(edited)], [], MANIFEST)
    after = reader(own)
    assert after.version() == f"{version}.2"
    assert after.documents(["id-card"]) == {"id-card": edited}

    generation.write([record(torn)], 1)  # on its way when the publisher died
    generation.show()
    late = reader(own)
    assert late.documents(["id-card"]) == {"id-card": edited}
    assert late.digests() == {**{d.id: d.digest() for d in DOCUMENTS}, "id-card": edited.digest()}
    hits = late.dense(TOWARDS_CARD, ALL, 99)
    assert len({(h.document, h.unit) for h in hits}) == len(hits)


def same(one: Engine, other: Engine) -> bool:
    """Whether two readers serve the same, through every door."""
    return (
        one.version() == other.version()
        and one.digests() == other.digests()
        and one.dense(TOWARDS_CARD, ALL, 99) == other.dense(TOWARDS_CARD, ALL, 99)
        and one.documents(["id-card"]) == other.documents(["id-card"])
        and one.spellings(["zuo'hei", "sen'hen"]) == other.spellings(["zuo'hei", "sen'hen"])
        and one.suggest("居民", 9) == other.suggest("居民", 9)
    )


def test_a_search_under_way_still_finds_what_was_just_replaced(store: ElasticStore, own: IndexSettings) -> None:
    store.replace(records(), MANIFEST)
    old = reader(own)
    for number in range(2):
        store.change([record(replace(DOCUMENTS[0], summary=f"第{number}版。"))], ["hall"] if number else [], MANIFEST)
    assert found(old.dense(TOWARDS_CARD, ALL, 99))[0] == "id-card"
    assert old.documents(["id-card", "hall"]) == {"id-card": DOCUMENTS[0], "hall": DOCUMENTS[3]}


def test_what_was_replaced_is_deleted_when_nobody_reads_it_any_more(
    store: ElasticStore, own: IndexSettings, client: Elasticsearch
) -> None:
    store.replace(records(), MANIFEST)
    hasty = ElasticStore(str(own.elasticsearch_url), own, limits().write.model_copy(update={"grace": 0.01}))
    for number in range(5):
        hasty.change([record(replace(DOCUMENTS[0], summary=f"第{number}版。"))], [], MANIFEST)
        time.sleep(0.05)
    held = client.count(index=f"{own.name}-documents", query={"term": {"document": "id-card"}})["count"]
    assert held == 2, "the last version and the one before"
    assert reader(own).documents(["id-card"])["id-card"].summary == "第4版。"


@pytest.mark.parametrize("size", [1, 2, len(DOCUMENTS), 99])
def test_every_hit_comes_once_in_pages_of_any_size(
    store: ElasticStore, own: IndexSettings, client: Elasticsearch, size: int
) -> None:
    store.replace(records(), MANIFEST)
    documents = every(client, f"{own.name}-documents", {"exists": {"field": "copy"}}, ("copy",), size, ("document",))
    assert [hit["_source"]["document"] for hit in documents] == sorted(d.id for d in DOCUMENTS)
    units = [hit["_id"] for hit in every(client, f"{own.name}-units", {"match_all": {}}, ("copy", "unit"), size)]
    assert len(units) == len(set(units)) == sum(len(r.units) for r in records())


def test_of_writers_at_once_each_publishes_whole_or_is_told(store: ElasticStore, own: IndexSettings) -> None:
    store.replace(records(), MANIFEST)

    def publish(number: int) -> int | None:
        edited = [record(replace(d, summary=f"第{number}版。")) for d in DOCUMENTS[:3]]
        try:
            store.change(edited, [], MANIFEST)
        except EngineUnavailable:
            return None
        return number

    with ThreadPoolExecutor(4) as several:
        done = [n for n in several.map(publish, range(4)) if n is not None]
    engine = reader(own)
    said = {d.summary for d in engine.documents([d.id for d in DOCUMENTS[:3]]).values()}
    assert len(said) == 1, "half of one and half of another"
    assert done
    assert said <= {f"第{n}版。" for n in done}


def test_a_publish_whose_answer_was_lost_is_no_other_publishers(store: ElasticStore, own: IndexSettings) -> None:
    store.replace(records(), MANIFEST)
    generation = store.generation(reader(own).version().split(".")[0])
    served, number, term = generation.read()
    begun = served.begun()
    number, term = generation.save(begun, number, term)
    ours = begun.published(["id-card@0"], [], time.time())
    generation.serve(ours, number, term)
    generation.serve(ours, number, term)  # as the client does when the first answer does not come
    assert generation.read()[0] == ours
    with pytest.raises(ConflictError):
        generation.serve(begun.published(["food-licence@0"], [], time.time()), number, term)


def template(node: ElasticsearchNode, own: IndexSettings, version: int) -> str:
    name = f"{own.name}-units"
    node.ask("PUT", f"/_index_template/{name}", {"index_patterns": [f"{name}-*"], "priority": 500, "version": version})
    return name


def test_an_older_template_is_upgraded(
    store: ElasticStore, own: IndexSettings, elasticsearch_node: ElasticsearchNode
) -> None:
    name = template(elasticsearch_node, own, LAYOUT - 1)
    store.replace(records(), MANIFEST)
    held = elasticsearch_node.ask("GET", f"/_index_template/{name}")["index_templates"][0]["index_template"]
    assert held["version"] == LAYOUT
    assert held["allow_auto_create"] is False
    assert held["template"]["mappings"]["dynamic"] == "strict"
    assert reader(own).dense(TOWARDS_CARD, ALL, 1)


def test_a_newer_programs_template_is_refused(
    store: ElasticStore, own: IndexSettings, elasticsearch_node: ElasticsearchNode
) -> None:
    name = template(elasticsearch_node, own, LAYOUT + 1)
    with pytest.raises(IndexMismatch, match="先升级"):
        store.replace(records(), MANIFEST)
    held = elasticsearch_node.ask("GET", f"/_index_template/{name}")["index_templates"][0]["index_template"]
    assert held["version"] == LAYOUT + 1


def test_a_newer_programs_index_is_not_read(store: ElasticStore, own: IndexSettings, client: Elasticsearch) -> None:
    store.replace(records(), MANIFEST)
    state = client.get(index=f"{own.name}-documents", id="state")["_source"]["state"]
    newer = state.replace(f'"layout": {LAYOUT}', f'"layout": {LAYOUT + 1}')
    assert newer != state
    client.index(index=f"{own.name}-documents", id="state", document={"state": newer})
    with pytest.raises(IndexMismatch, match="先升级"):
        reader(own)

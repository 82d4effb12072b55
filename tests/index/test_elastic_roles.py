"""API keys of the two roles of deploy/elasticsearch suffice, and nothing in them can be left out."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from index import IndexSettings, build, open_index, opening, publish
from index.errors import AccessDenied
from scripts.local_elasticsearch import ElasticsearchNode

from .conftest import LIBRARY, lesser_publishers, role
from .corpus import DOCUMENTS, record
from .test_contract import ALL, MANIFEST, TOWARDS_CARD, clauses

HeldTo = Callable[[Mapping[str, Any]], IndexSettings]


@pytest.fixture
def held_to(own: IndexSettings, elasticsearch_node: ElasticsearchNode) -> HeldTo:
    """The same index by a new key of that role."""
    return lambda granted: replace(own, api_key=elasticsearch_node.api_key("test", granted))


def everything_published(settings: IndexSettings) -> None:
    """All that a publisher does: templates, build, change, the swap, the end of an old generation."""
    build(LIBRARY, settings)
    publish([replace(LIBRARY[1], summary="新的说明。")], [LIBRARY[2].id], settings)
    build(LIBRARY[:3], settings)
    build(LIBRARY[:2], settings)


@pytest.mark.parametrize("privilege", lesser_publishers())
def test_a_publisher_needs_each_privilege(held_to: HeldTo, privilege: str) -> None:
    with pytest.raises(AccessDenied):
        everything_published(held_to(lesser_publishers()[privilege]))


def test_a_publisher_publishes_and_reaches_nothing_else(own: IndexSettings) -> None:
    everything_published(own)
    with open_index(own) as index:
        assert index.search("护照").hits[0].id == "passport"
    with pytest.raises(AccessDenied):
        build(LIBRARY, replace(own, name="another-product"))


def test_a_reader_searches_and_changes_nothing(own: IndexSettings, held_to: HeldTo) -> None:
    store = opening.store(own, opening.ranking())
    store.replace([record(d) for d in DOCUMENTS], MANIFEST)
    reader = held_to(role("reader"))
    engine, _ = opening.engine(reader, opening.ranking())
    engine.refresh()
    assert engine.lexical(clauses("身份证"), ALL, 9)
    assert engine.dense(TOWARDS_CARD, ALL, 9)
    assert engine.facts(["id-card"])
    assert engine.documents(["id-card"])
    assert engine.spellings(["sen'hen"]) != [[]]
    assert engine.suggest("身份", 9)
    assert set(engine.digests()) == {d.id for d in DOCUMENTS}
    locked = opening.store(reader, opening.ranking())
    with pytest.raises(AccessDenied):
        locked.change([record(DOCUMENTS[0])], [], MANIFEST)
    with pytest.raises(AccessDenied):
        locked.replace([record(DOCUMENTS[0])], MANIFEST)
    with pytest.raises(AccessDenied):
        locked.drop()
    assert set(engine.digests()) == {d.id for d in DOCUMENTS}


def test_a_reader_needs_to_read(own: IndexSettings, held_to: HeldTo) -> None:
    build(LIBRARY, own)
    blind = {"indices": [{"names": ["govassist-*"], "privileges": ["view_index_metadata"]}]}
    with pytest.raises(AccessDenied):
        open_index(held_to(blind))


def test_a_key_that_was_taken_back_is_refused_and_the_others_go_on(
    own: IndexSettings, held_to: HeldTo, elasticsearch_node: ElasticsearchNode
) -> None:
    build(LIBRARY, own)
    reader = held_to(role("reader"))
    with open_index(reader) as index:
        assert index.search("护照").hits[0].id == "passport"
        identifier = base64.b64decode(str(reader.api_key)).decode().split(":")[0]
        elasticsearch_node.ask("DELETE", "/_security/api_key", {"ids": [identifier]})
        with pytest.raises(AccessDenied):
            index.search("结婚登记")
    everything_published(own)

"""The two roles of deploy/elasticsearch suffice, and nothing in them can be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import IndexSettings, build, open_index, opening, publish
from index.errors import AccessDenied
from scripts.local_elasticsearch import ElasticsearchNode

from .conftest import LIBRARY, lesser_publishers, new_name
from .corpus import DOCUMENTS, record
from .test_contract import ALL, MANIFEST, TOWARDS_CARD, clauses


@pytest.fixture
def own(elasticsearch: IndexSettings, tmp_path: Path) -> Iterator[IndexSettings]:
    settings = replace(elasticsearch, path=tmp_path, name=new_name())
    yield settings
    opening.store(settings, opening.ranking()).drop()


def everything_published(settings: IndexSettings) -> None:
    """All that a publisher does: templates, build, change, the swap, the end of an old generation."""
    build(LIBRARY, settings)
    publish([replace(LIBRARY[1], summary="新的说明。")], [LIBRARY[2].id], settings)
    build(LIBRARY[:3], settings)
    build(LIBRARY[:2], settings)


@pytest.mark.parametrize("privilege", lesser_publishers())
def test_a_publisher_needs_each_privilege(
    own: IndexSettings, elasticsearch_node: ElasticsearchNode, privilege: str
) -> None:
    with pytest.raises(AccessDenied):
        everything_published(replace(own, elasticsearch_url=elasticsearch_node.url_of(privilege)))


def test_a_publisher_publishes_and_reaches_nothing_else(own: IndexSettings) -> None:
    everything_published(own)
    with open_index(own) as index:
        assert index.search("护照").hits[0].id == "passport"
    with pytest.raises(AccessDenied):
        build(LIBRARY, replace(own, name="another-product"))


def test_a_reader_searches_and_changes_nothing(own: IndexSettings, elasticsearch_node: ElasticsearchNode) -> None:
    store = opening.store(own, opening.ranking())
    store.replace([record(d) for d in DOCUMENTS], MANIFEST)
    reader = replace(own, elasticsearch_url=elasticsearch_node.url_of("reader"))
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


def test_a_reader_needs_to_read(own: IndexSettings, elasticsearch_node: ElasticsearchNode) -> None:
    build(LIBRARY, own)
    with pytest.raises(AccessDenied):
        open_index(replace(own, elasticsearch_url=elasticsearch_node.url_of("nothing")))

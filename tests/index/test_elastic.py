"""What only Elasticsearch can do: go away and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import EngineUnavailable, IndexSettings, build, open_index, publish

from .conftest import LIBRARY
from .elasticsearch_server import ElasticsearchNode, free_port


def test_gone_is_said_and_it_answers_again_when_back(elasticsearch_node: ElasticsearchNode, tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path, elasticsearch_node.url, None, name="tests-gone")
    build(LIBRARY, settings)
    with open_index(settings) as index:
        assert index.search("护照").hits[0].id == "passport"
        elasticsearch_node.stop()
        try:
            with pytest.raises(EngineUnavailable, match="连不上"):
                index.search("护照")
            with pytest.raises(EngineUnavailable):
                publish(LIBRARY[:1], [], settings)
        finally:
            elasticsearch_node.start()
        assert index.search("护照").hits[0].id == "passport"


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable):
        open_index(IndexSettings(tmp_path, f"http://127.0.0.1:{free_port()}", None))


def test_both_engines_rank_alike(
    elasticsearch_url: str, library: IndexSettings, encoder_dir: Path, tmp_path: Path
) -> None:
    settings = IndexSettings(tmp_path, elasticsearch_url, encoder_dir, name="tests-alike")
    build(LIBRARY, settings)
    with open_index(settings) as remote, open_index(library) as embedded:
        for text in ("身份证丢了", "开个小饭馆", "公积金怎么取", "护照", "失业了能领钱吗", "sfz", "hunyin"):
            ours, theirs = embedded.search(text), remote.search(text)
            assert [h.id for h in ours.hits] == [h.id for h in theirs.hits], text
            for a, b in zip(ours.hits, theirs.hits, strict=True):
                assert a.score == pytest.approx(b.score, abs=0.5), text

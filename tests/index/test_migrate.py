"""The city's own index is moved to a real Elasticsearch by the command, killed in the middle, and moved on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from index import IndexMissing, IndexSettings, open_index, opening
from index.build import manifest_of
from index.compare import compare, overlaps, queries_of
from index.elastic.bulk import Bulk, put
from index.elastic.connection import connect_to_write
from index.elastic.limits import limits
from index.elastic.store import ElasticStore
from index.embedded.engine import EmbeddedEngine
from index.errors import MigrationFailed
from index.migrate import migrate, version_of
from scripts.local_elasticsearch import ElasticsearchNode

from .conftest import new_name

CITY_INDEX = Path("var/index")
KILLED_AFTER = "写入 600/"
QUERIES = 500
AT_LEAST = 0.95
LIMIT_SECONDS = 280


def command(settings: IndexSettings, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "ELASTICSEARCH_URL": str(settings.elasticsearch_url),
        "ELASTICSEARCH_API_KEY": str(settings.api_key or ""),
        "ELASTICSEARCH_NAME": settings.name,
        "ELASTICSEARCH_CA_CERTS": str(settings.ca_certs or ""),
    }
    whole = [sys.executable, "-m", "index", "migrate", "--json", "--index", str(settings.path), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(whole, env=environment, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def city(elasticsearch: IndexSettings, encoder_dir: Path) -> Iterator[IndexSettings]:
    settings = replace(elasticsearch, path=CITY_INDEX, name=new_name(), encoder_dir=encoder_dir)
    yield settings
    opening.store(settings, opening.ranking()).drop()


@pytest.fixture(scope="module")
def embedded(city: IndexSettings) -> EmbeddedEngine:
    """Raises IndexMissing or IndexMismatch, with what to run, where var/index is not what this program makes."""
    ranking = opening.ranking()
    engine = EmbeddedEngine(city.path, ranking.vectors)
    opening.check(engine.manifest, manifest_of(opening.encoder(city), ranking))
    return engine


def test_killed_in_the_middle_it_goes_on_and_then_serves_the_same(
    city: IndexSettings, embedded: EmbeddedEngine
) -> None:
    first = command(city, "--queries", "60")
    assert first.stderr is not None
    for line in first.stderr:
        if KILLED_AFTER in line:
            first.send_signal(signal.SIGKILL)
            break
    assert first.wait(LIMIT_SECONDS) == -signal.SIGKILL
    with pytest.raises(IndexMissing):
        open_index(city)

    again = command(city, "--queries", "60")
    out, said = again.communicate(timeout=LIMIT_SECONDS)
    assert again.returncode == 0, said
    told = json.loads(out.splitlines()[-1])
    everything = embedded.digests()
    assert told["found"] >= 600
    assert 0 < told["written"] == len(everything) - told["found"]
    assert told["comparison"]["overlap"] >= AT_LEAST
    remote, made_with = opening.engine(city, opening.ranking())
    assert remote.digests() == everything
    assert made_with == embedded.manifest


def test_both_engines_give_the_same_first_hits(city: IndexSettings, embedded: EmbeddedEngine) -> None:
    golden = yaml.safe_load(Path("tests/golden/search.yaml").read_text("utf-8"))["queries"]
    texts = [entry["q"] for entry in golden][:QUERIES]
    named = queries_of(list(embedded.documents(list(embedded.digests())).values()), QUERIES)
    texts += [text for text in named if text not in texts][: QUERIES - len(texts)]
    assert len(texts) == QUERIES
    with open_index(replace(city, elasticsearch_url=None)) as one, open_index(city) as other:
        result = compare({}, {}, overlaps(one, other, texts), AT_LEAST)
    print(f"first ten of {result.queries} queries: overlap {result.overlap}, apart {result.apart}")
    assert result.queries == QUERIES
    assert result.overlap >= AT_LEAST, result.apart


def test_what_differs_is_not_served(
    city: IndexSettings, library: IndexSettings, elasticsearch: IndexSettings, elasticsearch_node: ElasticsearchNode
) -> None:
    settings = replace(elasticsearch, path=library.path, name=new_name(), encoder_dir=library.encoder_dir)
    store = ElasticStore(str(settings.elasticsearch_url), settings)
    source = EmbeddedEngine(library.path, opening.ranking().vectors)
    generation = store.resume(version_of(source), source.manifest)
    stray = {"copy": "stray@0", "document": "stray", "edition": 0, "body": "{}", "digest": "x", "kind": "item"}
    client = connect_to_write(str(settings.elasticsearch_url), settings)
    Bulk(client, limits().write).write([put(generation.documents, "stray@0", stray)])
    try:
        done = command(settings)
        _, said = done.communicate(timeout=LIMIT_SECONDS)
        assert done.returncode == 1
        assert "多 1" in said
        with pytest.raises(IndexMissing):
            open_index(settings)
    finally:
        store.drop()


def test_without_the_cache_vectors_come_from_the_index_and_a_second_run_writes_nothing(
    library: IndexSettings, elasticsearch: IndexSettings, tmp_path: Path
) -> None:
    shutil.copytree(library.path, tmp_path / "index", ignore=shutil.ignore_patterns("vectors.sqlite*"))
    settings = replace(elasticsearch, path=tmp_path / "index", name=new_name(), encoder_dir=library.encoder_dir)
    try:
        done = migrate(settings, 20, 1.0)
        assert (done.written, done.found) == (9, 0)
        again = migrate(settings, 20, 1.0)
        assert (again.written, again.found) == (0, 9)
        assert not (tmp_path / "index" / "vectors.sqlite").exists()
        store = ElasticStore(str(settings.elasticsearch_url), settings)
        store.change([], ["marry"], opening.engine(settings, opening.ranking())[1])
        with pytest.raises(MigrationFailed, match="新的发布"):
            migrate(settings, 20, 1.0)
    finally:
        opening.store(settings, opening.ranking()).drop()

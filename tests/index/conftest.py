"""Engines to run the contract on: the embedded one, and a real Elasticsearch that the tests start once."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index import Index, IndexSettings, build, documents_of, open_index, opening, region_names
from index.elastic.store import ElasticStore
from index.engine import Engine, Store
from index.fetch_encoder import NAME
from index.models import Document
from index.opening import from_environment
from knowledge_base.city import City
from knowledge_base.loader import load_city
from scripts.local_elasticsearch import ElasticsearchNode, Secured

ROLES = Path("deploy/elasticsearch")
PRESSURE = "512kb"
ENCODER = Path("var/encoder") / NAME
SERVED_VECTORS = Path("var/index/vectors.sqlite")


def role(name: str) -> dict[str, Any]:
    """`reader` or `publisher`, as deploy/ gives them to people."""
    found: dict[str, Any] = json.loads((ROLES / f"{name}.json").read_text("utf-8"))
    return found


def lesser_publishers() -> dict[str, dict[str, Any]]:
    """The publisher's role less one privilege, by that privilege's name."""
    whole = role("publisher")
    (indices,) = whole["indices"]
    found = {p: {**whole, "cluster": [c for c in whole["cluster"] if c != p]} for p in whole["cluster"]}
    for privilege in indices["privileges"]:
        less = {**indices, "privileges": [p for p in indices["privileges"] if p != privilege]}
        found[privilege] = {**whole, "indices": [less]}
    return found


@pytest.fixture(scope="session")
def elasticsearch_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElasticsearchNode]:
    """A node of our own with TLS and security on; a test that stops it starts it again. It takes so little at once that
    every build meets its refusals."""
    secured = Secured.make(tmp_path_factory.mktemp("certificates"))
    node = ElasticsearchNode(secured=secured, settings={"indexing_pressure.memory.limit": PRESSURE})
    try:
        node.start()
        yield node
    finally:
        node.close()


@pytest.fixture(scope="session")
def elasticsearch(request: pytest.FixtureRequest) -> IndexSettings:
    """Without encoder, for `replace`: the server that the environment names, else our own node by a publisher's key."""
    if os.environ.get("ELASTICSEARCH_URL"):
        return from_environment(Path("unused"), None)
    node: ElasticsearchNode = request.getfixturevalue("elasticsearch_node")
    assert node.secured is not None
    key = node.api_key("publisher", role("publisher"))
    return IndexSettings(Path("unused"), node.url, None, api_key=key, ca_certs=node.secured.ca)


def new_name() -> str:
    """Of an index that nobody else uses, within what the keys allow."""
    return f"govassist-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def own(elasticsearch: IndexSettings, tmp_path: Path) -> Iterator[IndexSettings]:
    """A name of an index on the server, for one test; deleted afterwards."""
    settings = replace(elasticsearch, path=tmp_path, name=new_name())
    yield settings
    opening.store(settings, opening.ranking()).drop()


@pytest.fixture
def store(own: IndexSettings) -> ElasticStore:
    assert own.elasticsearch_url
    return ElasticStore(own.elasticsearch_url, own)


@pytest.fixture(params=["embedded", "elasticsearch"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexSettings]:
    """An empty place for an index, without encoder, on each engine; deleted afterwards."""
    place = IndexSettings(tmp_path / "index")
    if request.param == "elasticsearch":
        place = replace(request.getfixturevalue("elasticsearch"), path=tmp_path / "index", name=new_name())
    yield place
    opening.store(place, opening.ranking()).drop()


class Place:
    """Both sides of one engine. Each `read` opens it anew."""

    def __init__(self, settings: IndexSettings) -> None:
        self.settings = settings
        self.store: Store = opening.store(settings, opening.ranking())

    def read(self) -> Engine:
        return opening.engine(self.settings, opening.ranking())[0]


@pytest.fixture
def place(settings: IndexSettings) -> Place:
    return Place(settings)


@pytest.fixture(scope="session")
def encoder_dir() -> Path:
    """The real encoder, which `make setup` fetches."""
    assert (ENCODER / "encoder.json").exists(), "先运行 python -m index fetch-encoder"
    return ENCODER


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, encoder_dir: Path) -> IndexSettings:
    """An embedded index over a few documents with the real encoder."""
    settings = IndexSettings(tmp_path_factory.mktemp("library"), None, encoder_dir)
    build(LIBRARY, settings, region_names={"210802": ("站前区", "站前"), "210804": ("鲅鱼圈区", "鲅鱼圈")})
    return settings


@pytest.fixture(scope="session")
def city() -> City:
    return load_city()


@pytest.fixture(scope="session")
def known_vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vector cache: texts that the served index has encoded are not encoded again."""
    cache = tmp_path_factory.mktemp("vectors") / "vectors.sqlite"
    if SERVED_VECTORS.exists():
        shutil.copy(SERVED_VECTORS, cache)
    return cache


@pytest.fixture(scope="session")
def searched(
    city: City, encoder_dir: Path, known_vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    """An index over today's content."""
    settings = IndexSettings(tmp_path_factory.mktemp("city"), None, encoder_dir)
    build(documents_of(city), settings, cache=known_vectors, region_names=region_names(city))
    with open_index(settings) as opened:
        yield opened


def _item(identifier: str, title: str, summary: str, **more: object) -> Document:
    fields: dict[str, Any] = {"audiences": ("person",), **more}
    return Document(identifier, "item", title, summary, **fields)


LIBRARY = [
    _item(
        "id-card",
        "居民身份证申领、换领、补领",
        "身份证丢失、损坏、到期后办理新证。",
        aliases=("补办身份证",),
        popularity=0.9,
    ),
    _item("passport", "普通护照签发", "出国旅游、留学前申请因私普通护照。"),
    _item(
        "food", "食品经营许可", "开饭馆、小吃店要取得食品经营许可证。", audiences=("business",), department="市场监管局"
    ),
    _item("fund", "住房公积金提取", "买房、租房、退休可以把公积金取出来。"),
    _item("jobless", "失业保险金申领", "非因本人意愿失业后按月领取失业保险金。", life_events=("失业",)),
    _item("job-search", "失业登记", "失业后进行登记，享受就业服务。", life_events=("失业",)),
    _item("marry", "结婚登记", "男女双方自愿结婚，到民政部门登记。"),
    Document("hall-a", "place", "站前区政务服务中心", "办理各类政务服务事项。", regions=("210802",)),
    Document("hall-b", "place", "鲅鱼圈区政务服务中心", "办理各类政务服务事项。", regions=("210804",)),
]

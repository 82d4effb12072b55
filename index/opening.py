"""Which engine, encoder and store the settings mean. The engines' libraries are imported only when chosen."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from . import ranking as ranking_file
from .encoder import Encoder
from .engine import Engine, Manifest, Store
from .errors import EncoderMissing, IndexMismatch, IndexMissing
from .models import IndexSettings
from .ranking import Ranking


def ranking() -> Ranking:
    return ranking_file.default()


def from_environment(path: Path, encoder_dir: Path | None) -> IndexSettings:
    """ELASTICSEARCH_URL, _API_KEY, _CA_CERTS and _NAME, where they are set."""
    given = {name: os.environ.get(f"ELASTICSEARCH_{name}") or None for name in ("URL", "API_KEY", "CA_CERTS", "NAME")}
    certificates = Path(given["CA_CERTS"]) if given["CA_CERTS"] else None
    named = IndexSettings(path, given["URL"], encoder_dir, api_key=given["API_KEY"], ca_certs=certificates)
    return replace(named, name=given["NAME"]) if given["NAME"] else named


def engine(settings: IndexSettings, numbers: Ranking) -> tuple[Engine, Manifest]:
    """The engine on what is served now, and what that was made with. Raises IndexMissing, IndexDamaged,
    EngineUnavailable."""
    match settings.elasticsearch_url:
        case None:
            from .embedded.engine import EmbeddedEngine

            embedded = EmbeddedEngine(settings.path, numbers.vectors)
            return embedded, embedded.manifest
        case url:
            from .elastic.engine import ElasticEngine

            remote = ElasticEngine(url, settings)
            return remote, remote.manifest


def store(settings: IndexSettings, numbers: Ranking) -> Store:
    match settings.elasticsearch_url:
        case None:
            from .embedded.store import EmbeddedStore

            return EmbeddedStore(settings.path, numbers.vectors)
        case url:
            from .elastic.store import ElasticStore

            return ElasticStore(url, settings)


def encoder(settings: IndexSettings) -> Encoder | None:
    """None where none is set up or its folder is not whole: search is lexical then. With its corrector open, which the first
    misspelt text would wait for."""
    if settings.encoder_dir is None:
        return None
    try:
        found = Encoder(settings.encoder_dir)
        if found.corrector:
            found.corrector.read("预热")
    except EncoderMissing:
        return None
    return found


def encoder_for_build(settings: IndexSettings) -> Encoder | None:
    """As `encoder`, but a folder that was named and is not whole raises EncoderMissing: a build without vectors by
    accident would be served for long."""
    return Encoder(settings.encoder_dir) if settings.encoder_dir else None


def check(made_with: Manifest | None, wanted: Manifest) -> None:
    """Raises IndexMissing or IndexMismatch unless an index made so can be read by this program with this encoder; an
    absent encoder fits any index."""
    if made_with is None:
        raise IndexMissing("还没有建立索引：请先运行 python -m index build")
    for name, said in (("format", "格式"), ("analysis", "分词版本"), ("units", "切分方式")):
        if getattr(made_with, name) != getattr(wanted, name):
            raise IndexMismatch(f"索引的{said}与程序不符，请重新运行 python -m index build")
    if wanted.encoder and made_with.encoder != wanted.encoder:
        raise IndexMismatch("索引的向量出自另一个编码模型，请重新运行 python -m index build")

"""How vectors are searched: what each way finds against comparing them all, on real vectors and with what was removed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import Document, IndexSettings, build, opening
from index.embedded import vectors
from index.embedded.engine import EmbeddedEngine
from index.embedded.store import EmbeddedStore
from index.engine import Filter
from index.from_knowledge import documents_of
from index.ranking import Ranking, default
from index.recall import recall
from knowledge_base.loader import load_city

from .corpus import record
from .test_contract import MANIFEST

SMALL = {"flat_until": 4, "chunks_kept": 3, "scan_until": 0}
WAYS = {"all": {}, "codes": {"flat_until": 0}, "clusters": {"flat_until": 0, "list_until": 0}}


def ranking(**changes: float) -> Ranking:
    numbers = default()
    return numbers.model_copy(update={"vectors": numbers.vectors.model_copy(update=changes)})


@pytest.mark.parametrize("way", WAYS)
def test_each_way_gives_cosines_and_what_it_stored(tmp_path: Path, way: str) -> None:
    settings = ranking(**WAYS[way], rows_a_list=40, probed=1.0).vectors
    stored = np.random.default_rng(1).standard_normal((600, 64)).astype(np.float32)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    writer = vectors.Writer(tmp_path, settings)
    writer.add(stored[:400])
    writer.add(stored[400:])
    writer.close()
    leg = vectors.read(tmp_path, settings)
    assert leg is not None
    assert np.abs(leg.vectors(np.arange(600)) - stored).max() < 1e-3
    queries = stored[:3]
    allowed = np.arange(600) % 7 == 5
    mask = np.packbits(allowed, bitorder="little")
    for query in queries:
        rows, cosines = leg.nearest(query[None], None, 5)
        assert rows.tolist() == np.argsort(-(stored @ query))[:5].tolist()
        assert cosines == pytest.approx((stored @ query)[rows], abs=1e-3)
        rows, _ = leg.nearest(query[None], mask, 5)
        assert rows.tolist() == np.argsort(-np.where(allowed, stored @ query, -2))[:5].tolist()
    rows, cosines = leg.nearest(queries, None, 5)
    assert len(set(rows.tolist())) == len(rows)
    assert {0, 1, 2} <= set(rows.tolist())
    assert cosines == pytest.approx((stored[rows] @ queries.T).max(1), abs=1e-3)
    some = np.array([3, 77, 599])
    assert leg.cosines(queries, some) == pytest.approx((stored[some] @ queries.T).max(1), abs=1e-3)


@pytest.mark.parametrize("way", ["codes", "clusters"])
def test_recall_on_the_real_vectors_of_the_content(
    tmp_path: Path, encoder_dir: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the city's own sections, asked with the city's own names, questions and their variants."""
    numbers = ranking(**WAYS[way], rows_a_list=50, probed=0.3)
    monkeypatch.setattr(opening, "ranking", lambda: numbers)
    city = load_city()
    settings = IndexSettings(tmp_path, None, encoder_dir)
    build(documents_of(city), settings, cache=Path("var/index/vectors.sqlite"))
    asked = [text for item in city.items.values() for text in (item.name, *item.aliases)][::4]
    asked += [text for faq in city.faqs.values() for text in (faq.question, *faq.phrasings)][::8]
    encoder = opening.encoder(settings)
    assert encoder is not None
    found = recall(settings, numbers, np.concatenate([encoder.queries([text]) for text in asked]))
    print(f"{way}: {len(asked)} queries, recall {found}")
    assert found[10] >= 0.98, found


def test_many_small_changes_become_few_chunks_and_stay_right(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, ranking(**SMALL).vectors)
    documents = [Document(f"d{n}", "item", f"第{n}件事", regions=(f"r{n % 3}",), department="局") for n in range(30)]
    unit = [(float(np.cos(n / 10)), float(np.sin(n / 10)), 0.0, 0.0) for n in range(30)]
    store.replace([record(documents[0], unit[0])], MANIFEST)
    for n in range(1, 30):
        gone = ["d5"] if n == 20 else []
        store.change([record(documents[n], unit[n])], gone, MANIFEST)
    engine = EmbeddedEngine(tmp_path, ranking(**SMALL).vectors)
    assert len(engine.digests()) == 29
    assert len(engine._snapshot.parts) < 12
    for n in (0, 3, 17, 29):  # chunks old, joined and new
        hits = engine.dense(np.array([unit[n]], np.float32), Filter(), 3)
        assert (hits[0].document, round(hits[0].score, 3)) == (f"d{n}", 1.0)
        assert engine.facts([f"d{n}"])[f"d{n}"].regions == (f"r{n % 3}",)
    only = engine.dense(np.array([unit[4]], np.float32), Filter(regions=("r2",)), 50)
    assert {h.document for h in only} == {f"d{n}" for n in range(30) if n % 3 == 2 and n != 5}

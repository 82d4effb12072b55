"""Another corpus in the same index: golden questions find nearly the same as where the content stands alone. The other one is
made: of two kinds of the content itself, a question about an item has a right answer among the FAQs, which nobody marked, and
what is asked of made text stands in the content, whose words it is made of."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import words
from benchmarks.texts import Guides
from index import Document, IndexSettings, build, documents_of, metrics, opening
from index.evaluate import rank
from knowledge_base.city import City
from knowledge_base.yaml_reader import read_yaml

MADE = 400
SEED = 1
MAY_LOSE = 0.01
Asked = list[tuple[str, set[str]]]


@pytest.fixture(scope="module")
def content(city: City) -> list[Document]:
    return list(documents_of(city))


@pytest.fixture(scope="module")
def made(content: list[Document]) -> list[Document]:
    """Of the same words, so that they meet every question of the others."""
    guides = Guides(words(content, None), SEED)
    return [guides.document(number) for number in range(MADE)]


def test_the_content_loses_a_point_at_most(
    content: list[Document], made: list[Document], known_vectors: Path, encoder_dir: Path, tmp_path: Path
) -> None:
    golden: Any = read_yaml(Path("tests/golden/search.yaml").read_bytes())["queries"]
    asked: Asked = [(q["q"], set(q["ids"])) for q in golden]

    def found(name: str, documents: Sequence[Document]) -> float:
        settings = IndexSettings(tmp_path / name, None, encoder_dir)
        build(documents, settings, cache=known_vectors)
        return fused(settings, asked)

    alone, together = found("alone", content), found("together", [*content, *made])
    print(f"fused nDCG@10 of the golden questions: alone {alone:.4f}, beside {MADE} made guides {together:.4f}")
    assert alone > 0.9
    assert together >= alone - MAY_LOSE


def fused(settings: IndexSettings, asked: Asked) -> float:
    """Mean nDCG@10."""
    runs = rank(settings, [(text, text) for text, _ in asked], opening.ranking())["fused"]
    return statistics.fmean(metrics.ndcg([d for d, _ in runs[text]], dict.fromkeys(ids, 1)) for text, ids in asked)

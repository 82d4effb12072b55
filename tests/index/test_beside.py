"""The two halves of a search may end in any order: what is found is the same, to the last digit."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import EncoderMissing, Index, SearchResult
from index.encoder import Encoder
from index.turns import Task, Turns, in_turn
from knowledge_base.yaml_reader import read_yaml

QUERIES = [q["q"] for q in read_yaml(Path("tests/golden/search.yaml").read_bytes())["queries"][::3]]
QUERIES += ["执业证的审请", "sfz", "0417-12345", "!", "公积金咋取出来"]


def later_first(_: Turns, tasks: Sequence[Task]) -> list[Any]:
    """The second half begins, and waits for what it needs of the first."""
    first, second = tasks
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(second)
        return [first(), begun.result()]


def found(index: Index, text: str) -> tuple[object, ...]:
    result: SearchResult = index.search(text)
    return result.hits, result.total, result.facets, result.confidence, result.signals, result.did_you_mean


def test_which_half_ends_first_changes_nothing(searched: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Turns, "together", lambda _, tasks: in_turn(tasks))
    one_by_one = {text: found(searched, text) for text in QUERIES}
    monkeypatch.setattr(Turns, "together", later_first)
    assert {text: found(searched, text) for text in QUERIES} == one_by_one


def test_a_search_whose_encoder_fails_ends(searched: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody waits for a vector that does not come."""

    def fails(_: Encoder, texts: Sequence[str]) -> np.ndarray:
        raise EncoderMissing("编码器不可用")

    monkeypatch.setattr(Encoder, "queries", fails)
    monkeypatch.setattr(Turns, "together", later_first)
    with pytest.raises(EncoderMissing):
        searched.search("身份证丢了怎么补办")

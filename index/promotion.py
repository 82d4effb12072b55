"""Whether another encoder may serve: on judged sets, by production retrieval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import opening
from .evaluate import evaluate
from .models import IndexSettings

SET_FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")
"""Of a judged set; their form is evaluate.py's."""
MEASURE = "ndcg@10"

Result = Mapping[str, Any]
"""Of evaluate.py."""


def evaluations(encoder: Path | None, sets: Sequence[Path], index: Path) -> list[Result]:
    """As `evaluate` gives them for each set, on the embedded engine. `index` is the folder whose vector cache is used."""
    return [evaluate(folder, IndexSettings(index, None, encoder), opening.ranking()) for folder in sets]


def wins(tuned: Sequence[Result], rivals: Iterable[Sequence[Result]], say: Callable[[str], None]) -> bool:
    """Whether an encoder with these results loses on no set and gains on one, against each of the rivals, on the same sets.
    `say` gets a line a comparison."""
    won = True
    for rival in rivals:
        before, after = ([score(result) for result in results] for results in (rival, tuned))
        for result, old, new in zip(rival, before, after, strict=True):
            say(f"{result['folder']}: {MEASURE} {old:.4f} ({result['encoder']}) → {new:.4f}")
        won = won and is_better(before, after)
    return won


def score(result: Result) -> float:
    """Of fused retrieval."""
    return float(result["fused"][MEASURE]["mean"])


def is_better(before: Sequence[float], after: Sequence[float]) -> bool:
    """No set loses and one gains."""
    compared = list(zip(before, after, strict=True))
    return all(new >= old for old, new in compared) and any(new > old for old, new in compared)

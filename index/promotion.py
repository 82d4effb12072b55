"""Whether another encoder may serve: on judged sets, by production retrieval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from . import opening
from .evaluate import evaluate
from .models import IndexSettings

SET_FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")
"""Of a judged set; their form is evaluate.py's."""
MEASURE = "ndcg@10"


def wins(
    tuned: Path,
    rivals: Sequence[Path],
    sets: Sequence[Path],
    index: Path,
    say: Callable[[str], None] = lambda line: None,
) -> bool:
    """Whether the encoder in `tuned` loses on no set and gains on one, against each of the rivals. `index` is the folder
    whose vector cache is used; `say` gets a line a comparison."""
    after = [judge(folder, tuned, index) for folder in sets]
    won = True
    for rival in dict.fromkeys(rivals):
        before = [judge(folder, rival, index) for folder in sets]
        for folder, old, new in zip(sets, before, after, strict=True):
            say(f"{folder.name}: {MEASURE} {old:.4f} ({rival.name}) → {new:.4f}")
        won = won and is_better(before, after)
    return won


def judge(folder: Path, encoder: Path, index: Path) -> float:
    """Of fused retrieval with that encoder, on the embedded engine."""
    result = evaluate(folder, IndexSettings(index, None, encoder), opening.ranking())
    return float(result["fused"][MEASURE]["mean"])


def is_better(before: Sequence[float], after: Sequence[float]) -> bool:
    """No set loses and one gains."""
    compared = list(zip(before, after, strict=True))
    return all(new >= old for old, new in compared) and any(new > old for old, new in compared)

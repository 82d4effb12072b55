"""Confidence, calibrated on questions whose answer is known and on texts that nothing here answers.

A logistic regression on the signals of search.py tells how often the first hit is right. Both kinds of text weigh the same
in all, however many there are of each.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from knowledge_base.city import City
from knowledge_base.yaml_reader import read_yaml

from . import build, open_index
from .from_knowledge import documents_of, region_names
from .models import IndexSettings

KINDS = ((), ("item", "bundle", "faq", "policy"), ("item", "bundle"))
"""What people, /v1/ask and the dialogue search in."""
NAMES = ("cosine", "coverage", "margin", "name")
RIDGE = 1e-3


@dataclass(frozen=True)
class Asked:
    """`right`: ids of which one should come first; empty for a text that nothing here answers."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Calibration:
    """`weights` as ranking.yaml takes them; the rest is measured by 5-fold cross-validation."""

    weights: dict[str, float]
    questions: int
    right_first: float
    expected_calibration_error: float
    answered: float
    wrong_out_of_scope: float
    threshold: float


def questions(file: Path) -> list[Asked]:
    """Of a file like tests/golden/search.yaml: `queries` with the ids that may stand first, and `out_of_scope`."""
    found = read_yaml(file.read_bytes())
    asked = [Asked(q["q"], frozenset(q["ids"])) for q in found["queries"] if "kind" not in q]
    return asked + [Asked(text, frozenset()) for text in found.get("out_of_scope", [])]


def examples(file: Path) -> list[str]:
    """The sayings of a Rasa NLU file."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    lines = [line for intent in data["nlu"] for line in str(intent.get("examples", "")).splitlines()]
    return [line.removeprefix("- ").strip() for line in lines if line.startswith("- ")]


def calibrate(city: City, settings: IndexSettings, asked: Sequence[Asked]) -> Calibration:
    """Fits on a throw-away index; encodes nothing that `settings` has encoded before."""
    with tempfile.TemporaryDirectory() as folder:
        own = IndexSettings(Path(folder), None, settings.encoder_dir)
        build(documents_of(city), own, cache=settings.path / "vectors.sqlite", region_names=region_names(city))
        with open_index(own) as index:
            rows, right, scope = [], [], []
            for question in asked:
                for kinds in KINDS:
                    result = index.search(question.text, kinds=kinds, limit=1)
                    rows.append([result.signals.get(name, 0.0) for name in NAMES])
                    right.append(bool(result.hits) and result.hits[0].id in question.right)
                    scope.append(bool(question.right))
    return _measured(np.asarray(rows), np.asarray(right, dtype=float), np.asarray(scope))


def balanced(inside: np.ndarray) -> np.ndarray:
    """A weight for each: what is answerable and what is not weigh the same in all, and the former 1 each."""
    outside = ~inside
    return np.where(inside, 1.0, inside.sum() / max(outside.sum(), 1))


def fit(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted logistic regression; bias first. Every signal speaks for a hit, so one that would come out speaking against it (a
    name that was typed whole, where its cosine tells as much) weighs nothing."""
    kept = np.ones(x.shape[1], bool)
    while True:
        w = np.zeros(x.shape[1] + 1)
        w[np.concatenate([[True], kept])] = _newton(x[:, kept], y, weights)
        if (w[1:] >= 0).all():
            return w
        kept &= w[1:] >= 0


def _newton(x: np.ndarray, y: np.ndarray, weights: np.ndarray, steps: int = 50) -> np.ndarray:
    """With a small ridge."""
    x = np.column_stack([np.ones(len(x)), x])
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = _probability(w, x)
        gradient = x.T @ (weights * (p - y)) + RIDGE * w
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(w))
        w = w - np.linalg.solve(hessian, gradient)
    return w


def _probability(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ w, -40, 40))))


def _measured(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> Calibration:
    fold = np.random.default_rng(0).integers(0, 5, len(x) // len(KINDS)).repeat(len(KINDS))
    p, share = np.empty(len(x)), balanced(inside)
    for k in range(5):
        w = fit(x[fold != k], y[fold != k], share[fold != k])
        p[fold == k] = _probability(w, np.column_stack([np.ones((fold == k).sum()), x[fold == k]]))
    outside = p[~inside]
    # The lowest confidence at which at most one in a hundred texts out of scope is answered.
    threshold = float(np.quantile(outside, 0.99)) if len(outside) else 0.5
    weights = fit(x, y, share)
    return Calibration(
        weights=dict(zip(("bias", *NAMES), (round(float(v), 4) for v in weights), strict=True)),
        questions=len(x) // len(KINDS),
        right_first=float(y[inside].mean()),
        expected_calibration_error=expected_calibration_error(p, y),
        answered=float((p[inside] > threshold).mean()),
        wrong_out_of_scope=float((outside > threshold).mean()) if len(outside) else 0.0,
        threshold=round(threshold, 3),
    )


def expected_calibration_error(p: np.ndarray, y: Sequence[float] | np.ndarray, bins: int = 10) -> float:
    """Mean |confidence − share right| over equal-width bins, weighted by their size (Guo et al. 2017)."""
    y = np.asarray(y)
    at = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[at == b].mean() - y[at == b].mean()) * (at == b).sum() for b in range(bins) if (at == b).any()]
    return float(sum(gaps) / len(p))

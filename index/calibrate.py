"""Confidence, calibrated on wordings that the index has not seen.

Every second phrasing of each FAQ and every second alias of each item and bundle is taken out of the index and asked as a
question whose answer is known; texts that are no business of a city are asked as well. A logistic regression on the
signals of search.py then tells how often the first hit is right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from knowledge_base.city import City

from . import build, open_index
from .from_knowledge import documents_of, region_names
from .models import Document, IndexSettings

KINDS = (("item", "bundle", "faq", "policy"), ("item", "bundle"))
"""What /v1/ask and the dialogue search in."""
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


def held_out(city: City) -> tuple[list[Document], list[Asked]]:
    """Documents without every second wording, and those wordings as questions."""
    accepted = _accepted(city)
    documents, asked = [], []
    for document in documents_of(city):
        if document.kind not in ("item", "bundle", "faq"):
            documents.append(document)
            continue
        wordings = [s.text for s in document.sections if s.role in ("question", "alias") and s.text != document.title]
        hidden = set(wordings[1::2])
        asked += [Asked(text, accepted[document.id]) for text in sorted(hidden)]
        kept = tuple(s for s in document.sections if s.text not in hidden)
        documents.append(
            replace(document, sections=kept, aliases=tuple(a for a in document.aliases if a not in hidden))
        )
    return documents, asked


def examples(file: Path) -> list[str]:
    """The sayings of a Rasa NLU file."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    lines = [line for intent in data["nlu"] for line in str(intent.get("examples", "")).splitlines()]
    return [line.removeprefix("- ").strip() for line in lines if line.startswith("- ")]


def _accepted(city: City) -> dict[str, frozenset[str]]:
    """Where an answer may also stand: a FAQ's items, an item's FAQs and bundles."""
    found = {id_: {id_} for table in (city.items, city.bundles, city.faqs) for id_ in table}
    for faq in city.faqs.values():
        for item in faq.items:
            found[faq.id].add(item)
            found.setdefault(item, {item}).add(faq.id)
    for bundle in city.bundles.values():
        for part in bundle.items:
            found[bundle.id].add(part.item)
            found[part.item].add(bundle.id)
    return {id_: frozenset(ids) for id_, ids in found.items()}


def calibrate(city: City, settings: IndexSettings, out_of_scope: Iterable[str]) -> Calibration:
    """Fits on a throw-away index; encodes nothing that `settings` has encoded before."""
    documents, asked = held_out(city)
    asked += [Asked(text, frozenset()) for text in out_of_scope]
    with tempfile.TemporaryDirectory() as folder:
        own = IndexSettings(Path(folder), None, settings.encoder_dir)
        build(documents, own, cache=settings.path / "vectors.sqlite", region_names=region_names(city))
        with open_index(own) as index:
            rows, right, scope = [], [], []
            for question in asked:
                for kinds in KINDS:
                    result = index.search(question.text, kinds=kinds, limit=1)
                    rows.append([result.signals.get(name, 0.0) for name in NAMES])
                    right.append(bool(result.hits) and result.hits[0].id in question.right)
                    scope.append(bool(question.right))
    x, y, inside = np.asarray(rows), np.asarray(right, dtype=float), np.asarray(scope)
    return _measured(x, y, inside)


def fit(x: np.ndarray, y: np.ndarray, steps: int = 50) -> np.ndarray:
    """Logistic regression by Newton's method with a small ridge; bias first."""
    x = np.column_stack([np.ones(len(x)), x])
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = _probability(w, x)
        gradient = x.T @ (p - y) + RIDGE * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(w))
        w = w - np.linalg.solve(hessian, gradient)
    return w


def _probability(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ w, -40, 40))))


def _measured(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> Calibration:
    fold = np.random.default_rng(0).integers(0, 5, len(x) // len(KINDS)).repeat(len(KINDS))
    p = np.empty(len(x))
    for k in range(5):
        w = fit(x[fold != k], y[fold != k])
        p[fold == k] = _probability(w, np.column_stack([np.ones((fold == k).sum()), x[fold == k]]))
    outside = p[~inside]
    # The lowest confidence at which at most one in a hundred texts out of scope is answered.
    threshold = float(np.quantile(outside, 0.99)) if len(outside) else 0.5
    weights = fit(x, y)
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

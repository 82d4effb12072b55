"""Measures retrieval on a judged set: `corpus.jsonl` {id, title, text}, `queries.jsonl` {id, text}, `qrels.tsv`.

Indexes the corpus by the production build into a temporary folder and ranks by production retrieval and fusion, without
abstention and with no boost but that of names about a matter, the only one that a judged set's documents may have.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from . import metrics, noise, opening, wording
from .build import build
from .fusion import Leg
from .models import Document, IndexSettings, Section
from .ranking import Ranking
from .reranking import asides
from .search import candidates_of

DEPTH = 50
LEGS = ("lexical", "dense", "fused")


@dataclass(frozen=True)
class Judged:
    """A judged set. `grades` by query id, then document id."""

    documents: list[Document]
    queries: list[tuple[str, str]]
    grades: dict[str, dict[str, int]]


def read(folder: Path) -> Judged:
    """Raises OSError or ValueError with the file that is missing or malformed."""
    documents = []
    for raw in _lines(folder / "corpus.jsonl"):
        body = (Section("text", "text", raw["text"]),) if raw.get("text") else ()
        documents.append(Document(id=raw["id"], kind="item", title=raw["title"], sections=body))
    queries = [(raw["id"], raw["text"]) for raw in _lines(folder / "queries.jsonl")]
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        grades.setdefault(query, {})[document] = int(grade)
    return Judged(documents, queries, grades)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def rank(
    settings: IndexSettings, queries: Sequence[tuple[str, str]], ranking: Ranking
) -> dict[str, dict[str, list[tuple[str, float]]]]:
    """By leg, then query id: (document, score), best first, at most DEPTH."""
    engine, _ = opening.engine(settings, ranking)
    encoder = opening.encoder(settings)
    ranking = ranking.of(encoder.card.name if encoder else None)
    words = wording.default()
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {leg: {} for leg in LEGS}
    for identifier, text in queries:
        query, candidates = candidates_of(text, engine, encoder, ranking, words)
        aside = asides([c.document for c in candidates], query, engine, ranking, words)
        scored = [(c.document, c.fused + ranking.asides.boost * (c.document in aside)) for c in candidates]
        runs["fused"][identifier] = _best(scored)
        runs["lexical"][identifier] = _leg([(c.document, c.lexical) for c in candidates])
        runs["dense"][identifier] = _leg([(c.document, c.dense) for c in candidates])
    engine.close()
    return runs


def _leg(found: Sequence[tuple[str, Leg | None]]) -> list[tuple[str, float]]:
    return _best([(document, leg.score) for document, leg in found if leg])


def _best(scored: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(scored, key=lambda entry: (-entry[1], entry[0]))[:DEPTH]


def evaluate(
    folder: Path, settings: IndexSettings, ranking: Ranking, noise_kind: str | None = None, run_file: Path | None = None
) -> dict[str, Any]:
    """Measures by leg; everything is indexed beside, nothing of the product's own index is touched but its vector
    cache."""
    judged = read(folder)
    queries = [(i, noise.add(noise_kind, text) if noise_kind else text) for i, text in judged.queries]
    with tempfile.TemporaryDirectory() as aside:
        own = replace(settings, path=Path(aside), name=f"evaluate-{Path(aside).name.lower()}")
        report = build(judged.documents, own, cache=settings.path / "vectors.sqlite")
        start = time.perf_counter()
        try:
            runs = rank(own, queries, ranking)
        finally:
            opening.store(own, ranking).drop()
        seconds = time.perf_counter() - start
    if run_file:
        _write_run(run_file, runs["fused"])
    return {
        "folder": folder.name,
        "engine": "elasticsearch" if settings.elasticsearch_url else "embedded",
        "encoder": settings.encoder_dir.name if settings.encoder_dir else None,
        "noise": noise_kind,
        "documents": len(judged.documents),
        "sections": report.sections,
        "queries": len(queries),
        "build_seconds": report.seconds,
        "ms_per_query": round(1000 * seconds / max(len(queries), 1), 2),
        **{leg: measures(runs[leg], judged.grades) for leg in LEGS},
    }


def measures(run: Mapping[str, Sequence[tuple[str, float]]], grades: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    judged = [q for q in run if q in grades]
    return {
        name: asdict(metrics.bootstrap([measure([d for d, _ in run[q]], grades[q]) for q in judged]))
        for name, measure in metrics.MEASURES.items()
    }


def table(result: Mapping[str, Any]) -> str:
    """For people: one line a leg."""
    lines = [
        f"{result['folder']}：{result['documents']} 篇，{result['sections']} 段，{result['queries']} 问；"
        f"{result['engine']}，编码模型 {result['encoder'] or '无'}，噪声 {result['noise'] or '无'}；"
        f"建索引 {result['build_seconds']} 秒，每问 {result['ms_per_query']} 毫秒",
        f"{'':8}" + "".join(f"{name:>26}" for name in metrics.MEASURES),
    ]
    for leg in LEGS:
        cells = (f"{m['mean']:.4f} [{m['low']:.4f}, {m['high']:.4f}]" for m in result[leg].values())
        lines.append(f"{leg:8}" + "".join(f"{cell:>26}" for cell in cells))
    return "\n".join(lines)


def _write_run(path: Path, run: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    lines = [
        f"{query}\t{document}\t{position}\t{score:.6f}"
        for query, found in run.items()
        for position, (document, score) in enumerate(found, 1)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")

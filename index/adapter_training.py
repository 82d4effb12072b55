"""Learns what adapter.py applies, from questions whose answer is known: `python -m index learn-questions FOLDER…`.

Contrastive: a question shall lie nearer to the best unit of a document that answers it than to the best of any other. The
questions are those of judged sets (form: evaluate.py) and, so that what the city's own records are called stays near them,
the other names and phrasings of each record, which shall find its title. Two matrices are learned, in NumPy; no torch.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from . import metrics, noise, opening, wording
from .adapter import Adapter
from .analysis import fold
from .encoder import Encoder
from .encoders import DEFAULT, TUNED
from .errors import EncoderMissing
from .evaluate import read
from .models import Document, IndexSettings
from .training import NOISES, sayings_of
from .units import pieces, texts_of
from .vector_cache import VectorCache

SETTINGS = Path(__file__).with_name("adapter_training.yaml")
SEED = 20261


class Settings(BaseModel):
    """adapter_training.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(ge=1)
    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    rate: float = Field(gt=0)
    decay: float = Field(ge=0)
    temperature: float = Field(gt=0)
    own: float = Field(ge=0)
    noisy: float = Field(ge=0, le=1)
    share: float = Field(gt=0, le=1)


def default_settings() -> Settings:
    return Settings.model_validate(yaml.safe_load(SETTINGS.read_text("utf-8")))


@dataclass(frozen=True)
class Task:
    """Questions as vectors (n × dimension), for each the numbers of the documents that answer it, and the documents' units
    as vectors, in order: document i has the rows from `starts[i]` up to the next one's."""

    questions: np.ndarray
    right: list[list[int]]
    units: np.ndarray
    starts: np.ndarray
    weight: float = 1.0

    def near(self, questions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(cosine to the best unit by question and document, to every unit) of unit vectors."""
        every = questions @ self.units.T
        return np.maximum.reduceat(every, self.starts, axis=1), every

    def without(self, left_out: np.ndarray) -> Task:
        """The same without some documents (bool by number) and the questions that they answer."""
        number = np.cumsum(~left_out) - 1
        sizes = np.diff(np.append(self.starts, len(self.units)))
        kept = [k for k, documents in enumerate(self.right) if not left_out[documents].any()]
        return replace(
            self,
            questions=self.questions[kept],
            right=[number[self.right[k]].tolist() for k in kept],
            units=self.units[~left_out.repeat(sizes)],
            starts=np.concatenate([[0], np.cumsum(sizes[~left_out])[:-1]]),
        )


def learn(tasks: Sequence[Task], settings: Settings) -> Adapter:
    """Steps of AdamW (Loshchilov & Hutter 2019) on the sum of the tasks' losses, a batch of each a step."""
    dice = np.random.default_rng(SEED)
    dimension = tasks[0].units.shape[1]
    down = dice.normal(0, dimension**-0.5, (dimension, settings.rank)).astype(np.float32)
    up = np.zeros_like(down.T)  # nothing is moved at first
    weights = [down, up]
    first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))
    for step in range(1, settings.steps + 1):
        summed = [np.zeros_like(w) for w in weights]
        for task in tasks:
            chosen = dice.choice(len(task.right), min(settings.batch, len(task.right)), replace=False)
            for total, own in zip(summed, gradients(task, chosen, down, up, settings.temperature), strict=True):
                total += task.weight * own
        for i, gradient in enumerate(summed):
            first[i] = 0.9 * first[i] + 0.1 * gradient
            second[i] = 0.999 * second[i] + 0.001 * gradient**2
            scale = np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8
            weights[i] -= settings.rate * (first[i] / (1 - 0.9**step) / scale + settings.decay * weights[i])
    return Adapter(down, settings.share * up)


def gradients(
    task: Task, chosen: np.ndarray, down: np.ndarray, up: np.ndarray, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Of the mean cross-entropy of `chosen`, by `down` and `up`."""
    questions = task.questions[chosen]
    inner = questions @ down
    moved = questions + inner @ up
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    placed = moved / length
    best, every = task.near(placed)
    right = np.zeros_like(best)
    for row, k in enumerate(chosen):
        right[row, task.right[k]] = 1
    likely = np.exp((best - best.max(1, keepdims=True)) / temperature)
    wanted = likely * right
    by_document = likely / likely.sum(1, keepdims=True) - wanted / wanted.sum(1, keepdims=True)
    owner = np.repeat(np.arange(len(task.starts)), np.diff(np.append(task.starts, len(task.units))))
    by_unit = np.where(every == best[:, owner], by_document[:, owner], 0) / (temperature * len(chosen))
    by_placed = by_unit @ task.units
    by_moved = (by_placed - placed * (placed * by_placed).sum(1, keepdims=True)) / length
    return questions.T @ (by_moved @ up.T), inner.T @ by_moved


def learn_from(
    folders: Sequence[Path], documents: Sequence[Document], settings: IndexSettings, to: Path
) -> dict[str, tuple[float, float]]:
    """Writes the adapter for the encoder of `settings` to `to`; by folder name what `on_documents_left_out` says of it.
    A set counts by the root of its number of questions. Raises EncoderMissing, and OSError or ValueError for a malformed
    set."""
    chosen, encoder = default_settings(), opening.encoder_for_build(settings)
    if encoder is None:
        raise EncoderMissing("没有编码模型")
    window = opening.ranking().units.window
    with VectorCache(settings.path / "vectors.sqlite", encoder) as vectors:
        judged = {folder.name: judged_task(folder, encoder, vectors, window) for folder in folders}
        most = max(len(task.right) for task in judged.values())
        judged = {n: replace(task, weight=(len(task.right) / most) ** 0.5) for n, task in judged.items()}
        named = named_task(documents, encoder, vectors, chosen)
    told = {}
    for name, task in judged.items():
        others = [named, *(other for n, other in judged.items() if n != name)]
        told[name] = on_documents_left_out(task, others, chosen)
    learn([*judged.values(), named], chosen).write(to, (DEFAULT, TUNED))
    return told


def judged_task(folder: Path, encoder: Encoder, vectors: VectorCache, window: int) -> Task:
    """Of a judged set; the best grade counts as right. Raises OSError or ValueError where a file is missing or malformed."""
    judged = read(folder)
    number = {document.id: i for i, document in enumerate(judged.documents)}
    grades = [(text, judged.grades[query]) for query, text in judged.queries if judged.grades.get(query)]
    right = [[number[d] for d, grade in g.items() if grade == max(g.values())] for _, g in grades]
    parts = [texts_of(pieces(document, window)) for document in judged.documents]
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    asked = [wording.default().strip(fold(text)) for text, _ in grades]
    return Task(encoder.queries(asked), right, vectors.vectors([t for part in parts for t in part]), starts)


def named_task(documents: Iterable[Document], encoder: Encoder, vectors: VectorCache, settings: Settings) -> Task:
    """Of names and phrasings: a record's title is what its others shall find, some of them misheard or mistyped too."""
    sayings = sayings_of(documents)
    titles = vectors.vectors([names[0] for names in sayings])
    others = [(i, name) for i, names in enumerate(sayings) for name in names[1:]]
    dice = random.Random(SEED)
    noisy = [(i, noise.add(dice.choice(NOISES), name)) for i, name in others if dice.random() < settings.noisy]
    asked = np.concatenate([vectors.vectors([n for _, n in others]), encoder.queries([n for _, n in noisy])])
    return Task(asked, [[i] for i, _ in others + noisy], titles, np.arange(len(titles)), settings.own)


def on_documents_left_out(
    task: Task, others: Sequence[Task], settings: Settings, parts: int = 5
) -> tuple[float, float]:
    """nDCG@10 by cosine alone, before and after: each question by an adapter that has seen neither the documents that
    answer it nor any question of theirs."""
    part = np.random.default_rng(SEED).integers(0, parts, len(task.starts))
    asked = part[[documents[0] for documents in task.right]]
    before, after = np.empty(len(asked)), np.empty(len(asked))
    for k in range(parts):
        moved = learn([task.without(part == k), *others], settings)
        own = np.flatnonzero(asked == k)
        for out, vectors in ((before, task.questions[own]), (after, moved(task.questions[own]))):
            near, _ = task.near(vectors)
            for row, question in enumerate(own):
                ranked = [str(d) for d in np.argsort(-near[row], kind="stable")[:10]]
                out[question] = metrics.ndcg(ranked, {str(d): 1 for d in task.right[question]})
    return float(before.mean()), float(after.mean())

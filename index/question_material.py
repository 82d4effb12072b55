"""What the weights for questions are learned from (question_training.py): judged sets, the city's own names, and texts that
shall stay where they are."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from pydantic import Field

from . import metrics, noise, opening, wording
from .analysis import fold
from .encoder import Encoder
from .evaluate import read
from .models import Document
from .pace import Pace
from .training import NOISES, sayings_of
from .units import NAMES, pieces, texts_of
from .vector_cache import VectorCache

SETTINGS = Path(__file__).with_name("question_training.yaml")
SEED = 20261
_SENTENCE = re.compile(r"[。；！？\n]")


class Settings(Pace):
    """question_training.yaml."""

    temperature: float = Field(gt=0)
    batch: int = Field(ge=1)
    least: int = Field(ge=1)
    own: int = Field(ge=1)
    own_weight: float = Field(ge=0)
    noisy: float = Field(ge=0, le=1)
    kept: int = Field(ge=1)
    apart: int = Field(ge=1)
    hold: float = Field(ge=0)
    lengths: tuple[int, int]
    numbers: int = Field(ge=0)
    digits: tuple[int, ...] = Field(min_length=1)


def default_settings() -> Settings:
    return Settings.model_validate(yaml.safe_load(SETTINGS.read_text("utf-8")))


@dataclass(frozen=True)
class Task:
    """Questions; for each its vector as published, the grades of documents by number, of which the best answer it and the
    others are not wrong, and whether its answer's nearest unit is a passage and not a name; and the documents' units as
    vectors, in order: document i has the rows from `starts[i]` up to the next one's."""

    questions: Sequence[str]
    published: np.ndarray
    grades: Sequence[Mapping[int, int]]
    in_passage: np.ndarray
    units: np.ndarray
    starts: np.ndarray

    def right(self, question: int) -> list[int]:
        grades = self.grades[question]
        return [d for d, grade in grades.items() if grade == max(grades.values())]

    def ndcg(self, questions: Sequence[int], vectors: np.ndarray) -> float:
        """nDCG@10 by cosine alone of some questions, encoded in that order."""
        near = np.maximum.reduceat(vectors @ self.units.T, self.starts, axis=1)
        ranked = [[str(d) for d in np.argsort(-row, kind="stable")[:10]] for row in near]
        judged = [{str(d): grade for d, grade in self.grades[k].items()} for k in questions]
        return float(np.mean([metrics.ndcg(r, j) for r, j in zip(ranked, judged, strict=True)]))


@dataclass(frozen=True)
class Material:
    """What is learned from. `own`: for each record its title and what else it is called; `titles` are vectors of the former.
    `kept` and `apart` are texts with their vectors as published."""

    judged: Mapping[str, Task]
    own: Sequence[Sequence[str]]
    titles: np.ndarray
    kept: tuple[Sequence[str], np.ndarray]
    apart: tuple[Sequence[str], np.ndarray]


def gather(
    folders: Sequence[Path], documents: Sequence[Document], out_of_scope: Sequence[str], encoder: Encoder, cache: Path
) -> Material:
    """Raises OSError or ValueError where a judged set is missing or malformed."""
    settings, window = default_settings(), opening.ranking().units.window
    own = [[fold(name) for name in names] for names in sayings_of(documents)]
    kept = [*_sentences(documents, *settings.lengths), *_numbers(settings)]
    apart = [fold(text) for text in out_of_scope]
    with VectorCache(cache, encoder) as vectors:
        return Material(
            {folder.name: judged_task(folder, vectors, window) for folder in folders},
            own,
            vectors.vectors([names[0] for names in own]),
            (kept, vectors.vectors(kept)),
            (apart, vectors.vectors(apart)),
        )


def judged_task(folder: Path, vectors: VectorCache, window: int) -> Task:
    judged = read(folder)
    number = {document.id: i for i, document in enumerate(judged.documents)}
    asked = [(text, judged.grades[query]) for query, text in judged.queries if judged.grades.get(query)]
    parts = [pieces(document, window) for document in judged.documents]
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    named = np.array([piece.role in NAMES for part in parts for piece in part])
    units = vectors.vectors([text for part in parts for text in texts_of(part)])
    said = [wording.default().strip(fold(text)) for text, _ in asked]
    grades = [{number[d]: grade for d, grade in graded.items()} for _, graded in asked]
    task = Task(said, vectors.vectors(said), grades, np.zeros(len(said), bool), units, starts)
    for k, vector in enumerate(task.published):
        rows = np.concatenate([np.arange(starts[d], starts[d] + len(parts[d])) for d in task.right(k)])
        task.in_passage[k] = not named[rows[np.argmax(units[rows] @ vector)]]
    return task


def _sentences(documents: Sequence[Document], least: int, most: int) -> list[str]:
    texts = (text for d in documents for text in (d.summary, *(s.text for s in d.sections)))
    found = (fold(part.strip()) for text in texts for part in _SENTENCE.split(text))
    return list(dict.fromkeys(part for part in found if least <= len(part) <= most))


def _numbers(settings: Settings) -> list[str]:
    """Codes and telephone numbers: they have no meaning, and moved they would come near to others of their kind."""
    dice = random.Random(SEED)
    return ["".join(dice.choices("0123456789", k=dice.choice(settings.digits))) for _ in range(settings.numbers)]


def part_of(task: Task, parts: int) -> np.ndarray:
    return np.random.default_rng(SEED).integers(0, max(parts, 1), len(task.starts))


class Contrast(NamedTuple):
    """`right` and `wrong` are bool by question and document; `held` are the rows of questions that stay where they are, and
    `published` their vectors."""

    weight: float
    questions: list[str]
    units: np.ndarray
    starts: np.ndarray
    right: np.ndarray
    wrong: np.ndarray
    held: np.ndarray
    published: np.ndarray


class Batches:
    """Draws what a step learns from."""

    def __init__(self, material: Material, settings: Settings, parts: int, part: int) -> None:
        self._material, self._settings, self._dice = material, settings, random.Random(SEED)
        self._tasks = []
        most = max(len(task.questions) for task in material.judged.values())
        for task in material.judged.values():
            seen = part_of(task, parts) != part
            known = [k for k, grades in enumerate(task.grades) if all(seen[d] for d in grades)]
            self._tasks.append((task, seen, known, (len(task.questions) / most) ** 0.5))

    def contrasts(self) -> Iterator[Contrast]:
        for task, seen, known, weight in self._tasks:
            size = max(self._settings.least, round(weight**2 * self._settings.batch))
            chosen = self._dice.sample(known, min(len(known), size))
            right = np.zeros((len(chosen), len(seen)), bool)
            wrong = np.tile(seen, (len(chosen), 1))
            for row, k in enumerate(chosen):
                right[row, task.right(k)] = True
                wrong[row, list(task.grades[k])] = False
            held = np.flatnonzero(task.in_passage[chosen])
            published = task.published[chosen][held]
            asked = [task.questions[k] for k in chosen]
            yield Contrast(weight, asked, task.units, task.starts, right, wrong, held, published)
        yield self._own()

    def _own(self) -> Contrast:
        dice, records = self._dice, self._material.own
        chosen = dice.sample(range(len(records)), min(len(records), self._settings.own))
        said = [dice.choice(records[i][1:]) for i in chosen]
        said = [fold(noise.add(dice.choice(NOISES), s)) if dice.random() < self._settings.noisy else s for s in said]
        right = np.zeros((len(chosen), len(records)), bool)
        right[range(len(chosen)), chosen] = True
        titles, none = self._material.titles, np.empty(0, int)
        starts, weight = np.arange(len(records)), self._settings.own_weight
        return Contrast(weight, said, titles, starts, right, ~right, none, titles[none])

    def held(self, texts: tuple[Sequence[str], np.ndarray], number: int) -> tuple[list[str], np.ndarray]:
        chosen = self._dice.sample(range(len(texts[0])), min(len(texts[0]), number))
        return [texts[0][i] for i in chosen], texts[1][chosen]

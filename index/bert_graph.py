"""BERT's weights by their names in an ONNX graph."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_LOST = "onnx::"


def weight_names(graph: Any) -> dict[str, str]:
    """Of BERT's weights, by the names that they have in the graph. Linear weights lost theirs at export; each is found by
    the bias that is added to its product."""
    stored = {tensor.name for tensor in graph.initializer}
    found = {name: name for name in stored if not name.startswith(_LOST)}
    bias_of = {}
    for node in graph.node:
        if node.op_type == "Add":
            for product, bias in (tuple(node.input), tuple(reversed(node.input))):
                if bias.endswith(".bias"):
                    bias_of[product] = bias
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            found[node.input[1]] = re.sub(r"bias$", "weight", bias_of[node.output[0]])
    return found


def turned(name: str, values: np.ndarray) -> np.ndarray:
    """A linear weight is stored inputs × outputs in the graph and outputs × inputs in torch."""
    return values.T if name.startswith(_LOST) else values

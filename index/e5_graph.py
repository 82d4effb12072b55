"""BERT's forward pass (Devlin et al. 2019) as an ONNX graph, out of named weights, with ONNX Runtime's own operators for
attention and activation (domain com.microsoft)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

OPSET, IR = 17, 8
_RUNTIME = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Words:
    """Word embeddings as they are stored: `values` int8, words × blocks × weights of a block; `scales` float16, words ×
    blocks × 1."""

    values: np.ndarray
    scales: np.ndarray


def graph_of(header: Mapping[str, Any], words: Words, weights: Mapping[str, np.ndarray]) -> ModelProto:
    """Inputs `input_ids` and `attention_mask` (int64, texts × tokens), output `tokens` (float32, texts × tokens ×
    dimension). `header` has hidden, layers, heads, epsilon; a linear weight is outputs × inputs."""
    made = _Graph(header["epsilon"], header["heads"], header["hidden"], dict(weights))
    mask = made.add("Cast", ["attention_mask"], to=TensorProto.INT32)
    x = made.embedded(words)
    for layer in range(header["layers"]):
        x = made.layer(x, mask, f"l{layer}")
    made.nodes.append(helper.make_node("Identity", [x], ["tokens"]))
    shape = ["texts", "tokens"]
    graph = helper.make_graph(
        made.nodes,
        "bert",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*shape, header["hidden"]])],
        made.stored,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_RUNTIME, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR)


@dataclass
class _Graph:
    epsilon: float
    heads: int
    hidden: int
    weights: dict[str, np.ndarray]
    nodes: list[NodeProto] = field(default_factory=list)
    stored: list[TensorProto] = field(default_factory=list)

    def add(self, kind: str, inputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        """A node with one output, whose name it returns."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes))
        return name

    def keep(self, name: str, values: np.ndarray) -> str:
        self.stored.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def vector(self, name: str) -> str:
        return self.keep(name, self.weights[name].astype(np.float32))

    def matrix(self, name: str) -> np.ndarray:
        """Inputs × outputs."""
        outputs = len(self.weights[f"{name}.b"])
        return self.weights[f"{name}.w"].astype(np.float32).reshape(outputs, -1).T

    def embedded(self, words: Words) -> str:
        parts = []
        for name, values in (("words", words.values), ("scales", words.scales)):
            found = self.add("Gather", [self.keep(name, values), "input_ids"])
            parts.append(self.add("Cast", [found], to=TensorProto.FLOAT))
        flat = self.keep("flat", np.array([0, 0, self.hidden], np.int64))
        word = self.add("Reshape", [self.add("Mul", parts), flat])
        places = (self.weights["emb.pos"].reshape(-1, self.hidden) + self.weights["emb.type"][: self.hidden]).astype(
            np.float32
        )
        zero, two = self.keep("zero", np.array([0], np.int64)), self.keep("two", np.array([2], np.int64))
        width = self.add("Slice", [self.add("Shape", ["input_ids"]), self.keep("one", np.array([1], np.int64)), two])
        place = self.add("Slice", [self.keep("places", places), zero, width])
        summed = self.add("Add", [word, place])
        scale, shift = self.vector("emb.ln.w"), self.vector("emb.ln.b")
        return self.add("LayerNormalization", [summed, scale, shift], epsilon=self.epsilon)

    def layer(self, x: str, mask: str, at: str) -> str:
        together = np.concatenate([self.matrix(f"{at}.{part}") for part in "qkv"], axis=1)
        shift = np.concatenate([self.weights[f"{at}.{part}.b"] for part in "qkv"]).astype(np.float32)
        asked = [x, self.keep(f"{at}.qkv.w", together), self.keep(f"{at}.qkv.b", shift), mask]
        seen = self.add("Attention", asked, _RUNTIME, num_heads=self.heads)
        x = self.normed(self.product(seen, f"{at}.ao"), x, f"{at}.aln", f"{at}.ao.b")
        inner = self.add("BiasGelu", [self.product(x, f"{at}.fi"), self.vector(f"{at}.fi.b")], _RUNTIME)
        return self.normed(self.product(inner, f"{at}.fo"), x, f"{at}.oln", f"{at}.fo.b")

    def product(self, x: str, name: str) -> str:
        return self.add("MatMul", [x, self.keep(f"{name}.w", self.matrix(name))])

    def normed(self, x: str, skipped: str, name: str, bias: str) -> str:
        """In three steps: the runtime's one step for them is slower (quantise.py)."""
        summed = self.add("Add", [self.add("Add", [x, self.vector(bias)]), skipped])
        inputs = [summed, self.vector(f"{name}.w"), self.vector(f"{name}.b")]
        return self.add("LayerNormalization", inputs, epsilon=self.epsilon)

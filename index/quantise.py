"""The 8-bit forms of an encoder for what is asked, beside `model.onnx`: a third of the time and a quarter of the memory.
What is stored stays encoded in full, so an index does not depend on it.

Weights use 7 of the 8 bits, because processors without VNNI add two products of 8 bits in 16 and would overflow: the
result is the same on both (onnxruntime's documentation, "Quantization on CPU", reduce_range).
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from . import corrector, low_rank, onnx_files, question_weights
from .encoder import QUERIES, Encoder, EncoderCard
from .errors import EncoderMissing
from .session import STORED

SAMPLES = (
    "身份证丢了怎么补办",
    "开饭馆要办什么手续",
    "公积金",
    "住房公积金提取需要哪些材料，多长时间能办下来",
    "孩子出生以后上户口去哪里办，要带什么",
    "企业开办一件事",
    "失业保险金申领条件",
    "12345",
)
LEAST_COSINE = 0.98
"""Of the 8-bit vectors with the full ones, on average: below it the copy is thrown away. Measured .993."""


@dataclass(frozen=True, slots=True)
class _Form:
    """`step` is the file of what is added to the weights. `first_alone`: of the tokens' states the first one's is kept."""

    name: str
    step: Path | None = None
    first_alone: bool = False


def _forms(card: EncoderCard) -> list[_Form]:
    """Rasa was trained with all states of `queries.onnx`; the corrector needs each character's."""
    questions, corrects = question_weights.file_name(card.name), corrector.file_name(card.name)
    return [
        _Form(QUERIES),
        *([_Form(questions, question_weights.FILE, card.pooling == "cls")] if questions else []),
        *([_Form(corrects, corrector.WEIGHTS)] if corrects else []),
    ]


def quantise(folder: Path) -> bool:
    """Make in an encoder's folder what of its 8-bit forms is missing: `queries.onnx`, the encoder as it is, and, where they are
    for it, the one with the learned step for questions and the corrector. False where nothing is missing, where the encoder
    has no ONNX model or the environment no `onnx` (queries are encoded in full then), or where a copy would not be like its
    original."""
    if not (folder / STORED).exists() or find_spec("onnx") is None:
        return False
    forms = _forms(EncoderCard.read(folder))
    for old in [*folder.glob("questions-*.*"), *folder.glob("corrector-*.*")]:
        if old.with_suffix(".onnx").name not in [form.name for form in forms]:
            old.unlink()
    missing = [form for form in forms if not (folder / form.name).exists()]
    return bool(missing) and all(_made(folder, form) for form in missing)


def _made(folder: Path, form: _Form) -> bool:
    """Quantise beside, compare, and only then put it into the folder."""
    import onnx

    with tempfile.TemporaryDirectory(dir=folder) as made_in:
        aside = Path(made_in)
        for file in ("tokenizer.json", "encoder.json"):
            shutil.copy(folder / file, aside / file)
        model = onnx.load(str(folder / STORED))
        if form.step is not None:
            low_rank.read(form.step).add_to(model)
        onnx.save(model, str(aside / STORED))
        full = Encoder(aside)
        _write(aside / STORED, aside / QUERIES, form.first_alone)
        try:
            likeness = float((full.queries(SAMPLES) * Encoder(aside).queries(SAMPLES)).sum(1).mean())
        except EncoderMissing:  # the runtime cannot open what it has written
            likeness = 0.0
        if not np.isfinite(likeness) or likeness < LEAST_COSINE:
            return False
        if form.step == corrector.WEIGHTS:
            vectors = _vectors(model, aside, corrector.Head.read().characters)
            kept: dict[str, Any] = low_rank.in_8_bits(corrector.VECTORS, vectors, 1)
            np.savez((folder / form.name).with_suffix(".npz"), **kept)
        onnx_files.save(onnx.load(str(aside / QUERIES)), aside / form.name)
        onnx_files.move(aside / form.name, folder)
    return True


def _vectors(model: Any, folder: Path, characters: str) -> np.ndarray:
    """Of characters, before any layer, characters × hidden."""
    from onnx import numpy_helper

    vocabulary = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    table = next(t for t in model.graph.initializer if t.name == "embeddings.word_embeddings.weight")
    return np.asarray(numpy_helper.to_array(table)[[vocabulary[c] for c in characters]])


def _write(source: Path, target: Path, first_alone: bool) -> None:
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory(dir=target.parent) as aside, _quiet():
        fused, model = Path(aside) / "fused.onnx", _fused(source)
        if first_alone:
            _end_with_the_first(model.model.graph)
        model.save_model_to_file(str(fused))
        whole = {i.name for i in model.model.graph.initializer if i.data_type == TensorProto.FLOAT}
        quantize_dynamic(
            str(fused),
            str(target),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            # the fallback's word embeddings are small already
            nodes_to_exclude=[n.name for n in model.nodes() if n.op_type == "Gather" and n.input[0] not in whole],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


def _fused(source: Path) -> Any:
    """The model with attention and activation as one step each, which also quantises better. Adding and normalising stay
    two steps: onnxruntime's one step for both takes four times as long (45 against 11 µs for 16 tokens)."""
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    return optimizer.optimize_model(str(source), "bert", 0, 0, options, opt_level=0)


def _end_with_the_first(graph: Any) -> None:
    """In place. A vector is made of the first token's state: in the last layer the others are looked at by its attention alone, and
    what follows that is spared them."""
    from onnx import helper, numpy_helper

    last = max(place for place, node in enumerate(graph.node) if node.op_type == "Attention")
    before, seen = graph.node[last].input[0], graph.node[last].output[0]
    bounds = {"first_begin": [0], "first_end": [1], "first_axis": [1]}
    graph.initializer.extend(numpy_helper.from_array(np.array(v, np.int64), name) for name, v in bounds.items())
    for node in graph.node[last + 1 :]:
        node.input[:] = [f"{name}_first" if name in (before, seen) else name for name in node.input]
    for place, name in enumerate((before, seen), last + 1):
        graph.node.insert(place, helper.make_node("Slice", [name, *bounds], [f"{name}_first"]))
    graph.output[0].type.tensor_type.shape.dim[1].dim_value = 1


@contextmanager
def _quiet() -> Iterator[None]:
    """Both libraries advise at length what is done here anyway."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)

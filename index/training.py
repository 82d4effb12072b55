"""Tunes the default encoder on the city's own content. Needs torch (`.venv-train`); nothing that serves imports this."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from .encoder import EncoderCard, fingerprint_of
from .models import Document

SHORT_ROLES = ("alias", "question", "option")
SEED = 20260
OPSET = 17
SETTINGS = Path(__file__).with_name("training.yaml")


def pairs_of(documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """(what a person would say, what answers it): aliases and questions with their record's title and summary."""
    for document in documents:
        told = f"{document.title}：{document.summary}" if document.summary else document.title
        said = {*document.aliases, *(s.text for s in document.sections if s.role in SHORT_ROLES)} - {document.title}
        for text in sorted(said):
            yield text, told
        if document.summary:
            yield document.title, document.summary


def torch_folder(encoder: Path, out: Path) -> None:
    """An ONNX export of a BERT in `encoder` → an ordinary sentence-transformers folder with the same weights.

    Linear weights lost their names at export; each is found by the bias that is added to its product.
    """
    import onnx
    from onnx import numpy_helper
    from safetensors.numpy import save_file
    from sentence_transformers import SentenceTransformer, models

    graph = onnx.load(str(encoder / "model.onnx")).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    weights = {name: array for name, array in stored.items() if not name.startswith("onnx::")}
    bias_of = {}
    for node in graph.node:
        if node.op_type == "Add":
            for product, bias in (tuple(node.input), tuple(reversed(node.input))):
                if bias.endswith(".bias"):
                    bias_of[product] = bias
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            weights[re.sub(r"bias$", "weight", bias_of[node.output[0]])] = stored[node.input[1]].T
    bert = out.with_name(out.name + "-bert")
    shutil.rmtree(bert, ignore_errors=True)
    bert.mkdir(parents=True)
    save_file(
        {n: np.ascontiguousarray(w, np.float32) for n, w in weights.items()},
        bert / "model.safetensors",
        {"format": "pt"},
    )
    for name, content in _bert_files(weights).items():
        (bert / name).write_text(json.dumps(content), "utf-8")
    shutil.copy(encoder / "tokenizer.json", bert / "tokenizer.json")
    transformer = models.Transformer(str(bert), max_seq_length=512)
    pooling = models.Pooling(transformer.get_word_embedding_dimension(), pooling_mode="cls")
    SentenceTransformer(modules=[transformer, pooling, models.Normalize()], device="cpu").save(str(out))
    shutil.rmtree(bert)


def _bert_files(weights: dict[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    vocabulary, hidden = weights["embeddings.word_embeddings.weight"].shape
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": vocabulary,
        "hidden_size": hidden,
        "num_hidden_layers": 1 + max(int(n.split(".")[2]) for n in weights if n.startswith("encoder.")),
        "num_attention_heads": hidden // 64,
        "intermediate_size": weights["encoder.layer.0.intermediate.dense.bias"].shape[0],
        "max_position_embeddings": weights["embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": 2,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }
    marks = {
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "mask_token": "[MASK]",
    }
    tokenizer = {"tokenizer_class": "BertTokenizerFast", "do_lower_case": True, "model_max_length": 512, **marks}
    return {"config.json": config, "tokenizer_config.json": tokenizer}


def tune(folder: Path, pairs: list[tuple[str, str]], out: Path, settings: Mapping[str, float] | None = None) -> None:
    """Multiple-negatives ranking over the pairs; `folder` and `out` are sentence-transformers folders."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.losses import MultipleNegativesRankingLoss

    chosen_settings = settings or yaml.safe_load(SETTINGS.read_text("utf-8"))
    epochs, batch = int(chosen_settings["epochs"]), int(chosen_settings["batch"])
    rate = float(chosen_settings["rate"])
    torch.manual_seed(SEED)
    order = random.Random(SEED)
    pairs = list(pairs)
    model = SentenceTransformer(str(folder), device="cpu")
    loss = MultipleNegativesRankingLoss(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate)
    model.train()
    for _ in range(epochs):
        order.shuffle(pairs)
        for start in range(0, len(pairs) - batch + 1, batch):
            chosen = pairs[start : start + batch]
            features = [model.tokenize([pair[side] for pair in chosen]) for side in (0, 1)]
            optimiser.zero_grad()
            loss(features, None).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
    model.eval().save(str(out))


def export(folder: Path, out: Path, name: str) -> None:
    """A tuned sentence-transformers folder → what `Encoder` reads: token vectors in ONNX, the tokenizer, the card."""
    import torch
    from sentence_transformers import SentenceTransformer

    bert = SentenceTransformer(str(folder), device="cpu").eval()[0].auto_model
    bert.set_attn_implementation("eager")

    class Tokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shape = torch.ones(2, 8, dtype=torch.long)
    free = {0: "texts", 1: "tokens"}
    with torch.no_grad():
        torch.onnx.export(
            Tokens().eval(),
            (shape, shape),
            str(out / "model.onnx"),
            input_names=["input_ids", "attention_mask"],
            output_names=["tokens"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "tokens": free},
            opset_version=OPSET,
            dynamo=False,
        )
    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")
    EncoderCard(name, "cls", bert.config.hidden_size, fingerprint_of(out)).write(out)


def judged_folder(documents: Iterable[Document], asked: Iterable[tuple[str, list[str]]], folder: Path) -> Path:
    """Writes `folder` in the form of `evaluate`: the documents, and each question with the ids that answer it."""
    folder.mkdir()
    corpus = [{"id": d.id, "title": d.title, "text": "\n".join([d.summary, *d.aliases])} for d in documents]
    numbered = [(f"q{number}", text, ids) for number, (text, ids) in enumerate(asked)]
    for name, rows in (("corpus", corpus), ("queries", [{"id": key, "text": text} for key, text, _ in numbered])):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    grades = [f"{key}\t{record}\t1" for key, _, ids in numbered for record in ids]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tdoc-id\tgrade", *grades]) + "\n", "utf-8")
    return folder

"""Tunes the default encoder on the city's own content. Needs torch (`.venv-train`); nothing that serves imports this."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from . import noise, onnx_files
from .analysis import fold
from .bert_graph import turned, weight_names
from .encoder import EncoderCard, fingerprint_of
from .models import Document
from .session import STORED

SHORT_ROLES = ("alias", "question")
NOISES = ("homophone", "filler", "typo")
TOLD_EVERY = 20
SEED = 20260
SETTINGS = Path(__file__).with_name("training.yaml")

Pair = tuple[str, str]


class Settings(BaseModel):
    """training.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int = Field(ge=1)
    batch: int = Field(ge=2)
    rate: float = Field(gt=0)
    last_rate: float = Field(gt=0, le=1)
    scale: float = Field(gt=0)
    most_a_record: int = Field(ge=1)
    to_title: float = Field(ge=0, le=1)
    noisy: float = Field(ge=0, le=1)
    tuned_share: float = Field(gt=0, le=1)


def default_settings() -> Settings:
    return Settings.model_validate(yaml.safe_load(SETTINGS.read_text("utf-8")))


def sayings_of(documents: Iterable[Document]) -> list[list[str]]:
    """For each record that is called in more ways than one: its title, aliases, questions, each once."""
    found = []
    for document in documents:
        said = [document.title, *document.aliases, *(s.text for s in document.sections if s.role in SHORT_ROLES)]
        names = list(dict.fromkeys(filter(None, said)))
        if len(names) > 1:
            found.append(names)
    return found


def epoch_of(sayings: Sequence[Sequence[str]], settings: Settings, dice: random.Random) -> Iterator[list[Pair]]:
    """Batches of (said, said otherwise). A record comes as often as it has names, up to a bound, and once in a batch: its
    other names would count as wrong answers there. Some of what is said is misheard or mistyped."""
    drawn = [i for i, names in enumerate(sayings) for _ in range(min(len(names), settings.most_a_record))]
    dice.shuffle(drawn)
    for start in range(0, len(drawn) - settings.batch + 1, settings.batch):
        pairs = []
        for i in dict.fromkeys(drawn[start : start + settings.batch]):
            said, other = dice.sample(list(sayings[i]), 2)
            if dice.random() < settings.to_title and said != sayings[i][0]:
                other = sayings[i][0]
            if dice.random() < settings.noisy:
                said = noise.add(dice.choice(NOISES), said)
            pairs.append((said, other))
        yield pairs


def torch_folder(encoder: Path, out: Path) -> None:
    """An ONNX export of a BERT in `encoder` → an ordinary sentence-transformers folder with the same weights."""
    import onnx
    from onnx import numpy_helper
    from safetensors.numpy import save_file
    from sentence_transformers import SentenceTransformer, models

    be_quiet()
    graph = onnx.load(str(encoder / STORED)).graph
    names = weight_names(graph)
    stored = {names[i.name]: turned(i.name, numpy_helper.to_array(i)) for i in graph.initializer if i.name in names}
    weights = {name: np.ascontiguousarray(values, np.float32) for name, values in stored.items()}
    bert = out.with_name(out.name + "-bert")
    shutil.rmtree(bert, ignore_errors=True)
    bert.mkdir(parents=True)
    save_file(weights, bert / "model.safetensors", {"format": "pt"})
    for name, content in _bert_files(weights).items():
        (bert / name).write_text(json.dumps(content), "utf-8")
    shutil.copy(encoder / "tokenizer.json", bert / "tokenizer.json")
    transformer = models.Transformer(str(bert), max_seq_length=512)
    pooling = models.Pooling(transformer.get_embedding_dimension(), pooling_mode="cls")
    SentenceTransformer(modules=[transformer, pooling, models.Normalize()], device="cpu").save(str(out))
    shutil.rmtree(bert)


def export(folder: Path, base: Path, out: Path, name: str) -> None:
    """A tuned sentence-transformers folder → what `Encoder` reads: the graph of `base`, which it was made of, with the
    learned weights in it. So the runtime does with it what it does with the published one."""
    import onnx
    from onnx import numpy_helper
    from sentence_transformers import SentenceTransformer

    learned = SentenceTransformer(str(folder), device="cpu")[0].auto_model.state_dict()
    model = onnx.load(str(base / STORED))
    names = weight_names(model.graph)
    for tensor in model.graph.initializer:
        if tensor.name in names:
            values = turned(tensor.name, learned[names[tensor.name]].numpy())
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), tensor.name))
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    onnx_files.save(model, out / STORED)
    shutil.copy(base / "tokenizer.json", out / "tokenizer.json")
    replace(EncoderCard.read(base), name=name, fingerprint=fingerprint_of(out)).write(out)


def be_quiet() -> None:
    """No bars and advice between the stages' lines."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


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


def tune(folder: Path, sayings: Sequence[Sequence[str]], out: Path, settings: Settings | None = None) -> None:
    """Names of one record come nearer to each other than to any other's in the batch (multiple negatives, both ways).
    `folder` and `out` are sentence-transformers folders.

    Token embeddings stay, and what was learned is averaged with the weights as published (Wortsman et al., Robust
    fine-tuning of zero-shot models, 2022): tuned alone the encoder lost a point on questions of other trades.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    chosen = settings or default_settings()
    torch.manual_seed(SEED)
    dice = random.Random(SEED)
    model = SentenceTransformer(str(folder), device="cpu")
    published = {name: value.clone() for name, value in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("embeddings" not in name)
    steps = [batch for _ in range(chosen.epochs) for batch in epoch_of(sayings, chosen, dice)]
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=chosen.rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, chosen.last_rate, total_iters=max(len(steps), 1))
    model.train()
    for number, pairs in enumerate(steps, 1):
        said, other = (
            model(model.preprocess([fold(pair[side]) for pair in pairs]))["sentence_embedding"] for side in (0, 1)
        )
        likeness = said @ other.T * chosen.scale
        right = torch.arange(len(pairs))
        loss = torch.nn.functional.cross_entropy(likeness, right) + torch.nn.functional.cross_entropy(likeness.T, right)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if number % TOLD_EVERY == 0 or number == len(steps):
            print(f"encoder: step {number} of {len(steps)}, loss {loss.item() / 2:.3f}", flush=True)
    share = chosen.tuned_share
    averaged = {
        name: share * value + (1 - share) * published[name] if value.is_floating_point() else value
        for name, value in model.state_dict().items()
    }
    model.load_state_dict(averaged)
    model.eval().save(str(out))


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

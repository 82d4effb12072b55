"""The corpus of `make bench-search`: made once, kept under var/bench until it is asked for with other settings."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.texts import Guides, Items, Words, clone_rates, documents_with
from benchmarks.vectors import Spread, neighbours
from index import Document, IndexSettings, build, opening
from index.build import manifest_of
from index.encoder import QUERIES, Encoder
from index.engine import Record
from index.from_knowledge import documents_of
from index.onnx_files import encoder_files
from index.session import STORED
from index.units import pieces, record_of
from index.vector_cache import VectorCache
from knowledge_base.loader import load_city
from scripts.processes import VAR, say

HOME = VAR / "bench"
BLOCK = 2000
"""Documents whose vectors are drawn together."""
COMPARED = 45_000
"""Texts among which clones are counted."""


@dataclass(frozen=True)
class Corpus:
    """An index on disk and what was measured while it was made."""

    settings: IndexSettings
    guides: Guides
    documents: int
    told: dict[str, Any]


def words(documents: Iterable[Document], folder: Path | None) -> Words:
    """Of the documents, and of every `text` and `title` in a folder of .jsonl."""
    found = [t for d in documents for t in (d.title, d.summary, *d.aliases, *(s.text for s in d.sections))]
    for file in sorted(folder.rglob("*.jsonl")) if folder else ():
        for line in file.read_text("utf-8").splitlines():
            raw = json.loads(line)
            found += [str(raw[name]) for name in ("title", "text") if raw.get(name)]
    return Words(found)


def corpus(
    name: str, items: int | None, sections: int, encoder_dir: Path, plan: dict[str, Any], more: Path | None
) -> Corpus:
    """Of so many whole service items, or else of so many sections of all kinds. Raises what building raises; a broken-off one
    is made anew, without encoding again what was encoded."""
    content = list(documents_of(load_city()))
    known, window = words(content, more), opening.ranking().units.window
    guides = Guides(known, plan["seed"])
    if items is not None:
        guides = Items(known, plan["seed"], [d for d in content if d.kind == "item"], plan["items"])
        sections = len(texts((guides.document(n) for n in range(items)), window))
    settings = IndexSettings(HOME / name, None, encoder_dir)
    notes = settings.path / "bench.json"
    encoder = Encoder(encoder_dir)
    made_with = asdict(manifest_of(encoder, opening.ranking()))
    wanted = {"sections": sections, "seed": plan["seed"], "words": known.digest, **made_with, "region_names": []}
    wanted |= {"items": plan["items"]} if items is not None else {}
    if notes.exists() and (told := json.loads(notes.read_text()))["made_for"] == wanted:
        return Corpus(settings, guides, told["documents"], told)
    shutil.rmtree(settings.path, ignore_errors=True)
    started = time.monotonic()
    if sections <= plan["encoded_until"]:
        settings = replace(settings, encoder_dir=_quick(encoder_dir))
        report = build(documents_with(guides, sections, window), settings, _say, cache=HOME / "vectors.sqlite")
        told = {"documents": report.created, "vectors": "encoded", "encoded": report.encoded}
    else:
        told = _drawn(guides, sections, encoder, settings, plan)
    sample = texts(documents_with(guides, min(sections, COMPARED), window), window)
    told |= {
        "made_for": wanted,
        "sections": sections,
        "build_s": time.monotonic() - started,
        "clones": clone_rates(sample),
    }
    told["characters_a_section"] = sum(map(len, sample)) / len(sample)
    told["lexical_sections_per_s"] = _lexical_rate(guides, plan["lexical_sections"])
    notes.write_text(json.dumps(told))
    return Corpus(settings, guides, told["documents"], told)


def _quick(encoder_dir: Path) -> Path:
    """The same encoder with its 8-bit form for what is stored, too: three times as many sections in the same time."""
    folder = HOME / "encoder"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    quick = QUERIES if (encoder_dir / QUERIES).exists() else STORED
    for file in encoder_files(encoder_dir, quick):
        shutil.copy(file, folder)
    shutil.copy(encoder_dir / quick, folder / STORED)  # the graph knows its weights by their own name
    return folder


def _drawn(
    guides: Guides, sections: int, encoder: Encoder, settings: IndexSettings, plan: dict[str, Any]
) -> dict[str, Any]:
    """Text of its own for every section, a vector drawn from the spread of really encoded ones."""
    ranking = opening.ranking()
    sample = list(documents_with(guides, plan["sample"], ranking.units.window))
    parts = [pieces(d, ranking.units.window) for d in sample]
    with VectorCache(HOME / "vectors.sqlite", encoder) as cache:
        real = cache.vectors([p.indexed for cut in parts for p in cut])
    spread = Spread.of(real, np.repeat(np.arange(len(parts)), [len(p) for p in parts]))
    drawn = spread.sample(np.random.default_rng(7), [len(p) for p in parts])
    asked = encoder.queries([guides.query(n, len(sample)) for n in range(300)])
    counted = 0

    def records() -> Iterator[Record]:
        nonlocal counted
        chance = np.random.default_rng(plan["seed"])
        made = documents_with(guides, sections, ranking.units.window)
        done = 0
        while block := list(islice(made, BLOCK)):
            cut = [pieces(d, ranking.units.window) for d in block]
            vectors = spread.sample(chance, [len(p) for p in cut])
            row = 0
            for document, own in zip(block, cut, strict=True):
                yield record_of(document, own, vectors[row : row + len(own)])
                row += len(own)
            counted += len(block)
            done += row
            _say("index", done, sections)

    opening.store(settings, ranking).replace(records(), manifest_of(encoder, ranking))
    told = {"documents": counted, "vectors": "drawn"}
    return told | {"neighbours_real": neighbours(real, asked), "neighbours_drawn": neighbours(drawn, asked)}


def _lexical_rate(guides: Guides, sections: int) -> float:
    """Sections a second of a build without an encoder: cutting, terms, pinyin, postings, suggestions, on disk."""
    made = list(documents_with(guides, sections, opening.ranking().units.window))
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME) as aside:
        report = build(made, IndexSettings(Path(aside), None, None))
    return report.sections / report.seconds


def edited(guides: Guides, number: int, marker: str) -> Document:
    return replace(guides.document(number), summary=f"{marker}。")


def texts(found: Iterable[Document], window: int) -> list[str]:
    return [p.indexed for d in found for p in pieces(d, window)]


_told = 0.0


def _say(step: str, done: int, all_: int) -> None:
    """At most every ten seconds."""
    global _told
    if done >= all_ or time.monotonic() - _told > 10:
        _told = time.monotonic()
        say(f"  {step} {done}/{all_}")

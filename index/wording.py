"""Word data of the room: fillers, words for audiences, synonyms. Read once, checked, and compiled for the query path."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .analysis import fold
from .errors import SettingsInvalid

WORDS = Path(__file__).with_name("words.yaml")
SYNONYMS = Path(__file__).with_name("synonyms.yaml")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_BRACKETS = re.compile(r"\([^()]*\)$")
Shape = TypeVar("Shape", bound=_Part)


class Fillers(_Part):
    leading: tuple[str, ...]
    trailing: tuple[str, ...]
    inner: tuple[str, ...]
    leading_patterns: tuple[str, ...]
    trailing_patterns: tuple[str, ...]
    inner_patterns: tuple[str, ...]
    repeated: str
    least: int = Field(ge=1)


class Wishes(_Part):
    """Regular expressions."""

    before: str
    after: str


class Words(_Part):
    fillers: Fillers
    wishes: Wishes
    audiences: dict[str, tuple[str, ...]]
    asides: dict[str, tuple[str, ...]]


class Group(_Part):
    """Whoever says one of `said` may mean any of `official`."""

    said: tuple[str, ...] = Field(min_length=1)
    official: tuple[str, ...] = Field(min_length=1)


class Groups(_Part):
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Synonym:
    """A phrase found in a query, and what officials call it."""

    said: str
    official: tuple[str, ...]


class Wording:
    """Everything above, compiled. All texts are folded."""

    def __init__(self, words: Words, groups: Groups) -> None:
        self._words, self.groups = words, groups.groups
        fillers = words.fillers
        self._least = fillers.least
        pad = r"[\s，,。.！!？?、:：;；~～…]*"
        leading = "|".join((*fillers.leading_patterns, _any_of(fillers.leading)))
        trailing = "|".join((*fillers.trailing_patterns, _any_of(fillers.trailing)))
        self._leading = re.compile(f"^{pad}(?:{leading}){pad}")
        self._trailing = re.compile(f"{pad}(?:{trailing}){pad}$")
        self._inner = re.compile("|".join((*fillers.inner_patterns, _any_of(fillers.inner))))
        self._repeated = re.compile(fillers.repeated)
        self._wishes = re.compile(f"^(?:{words.wishes.before})|(?:{words.wishes.after}){pad}$")
        self._audiences = {name: re.compile(_any_of(said)) for name, said in words.audiences.items()}
        official: dict[str, dict[str, None]] = {}
        for group in groups.groups:
            for said in group.said:
                official.setdefault(fold(said), {}).update((fold(o), None) for o in group.official)
        self._official = {said: tuple(names) for said, names in official.items()}
        self._said = re.compile(_any_of(tuple(official))) if official else None

    def with_groups(self, added: Sequence[Group], instead_of: Collection[str]) -> Wording:
        """This wording with more groups; phrases of `instead_of` lose what they meant before."""
        dropped = set(map(fold, instead_of))
        kept = [(tuple(s for s in group.said if fold(s) not in dropped), group.official) for group in self.groups]
        before = [Group(said=said, official=official) for said, official in kept if said]
        return Wording(self._words, Groups(groups=(*before, *added)))

    def strip(self, folded: str) -> str:
        """The query without fillers; unchanged where too little would be left."""
        text = folded
        for pattern in (self._leading, self._trailing):
            while True:
                shorter = pattern.sub("", text, count=1)
                if shorter == text or len(shorter.strip()) < self._least:
                    break
                text = shorter
        within = self._repeated.sub(lambda m: m.group(1) or m.group(3), self._inner.sub("", text))
        return (within if len(within.strip()) >= self._least else text).strip() or folded

    def bare(self, stripped: str) -> str:
        """What is wanted, without that and how it is wanted; unchanged where too little would be left."""
        left = self._wishes.sub("", stripped)
        return left if len(left) >= self._least else stripped

    def synonyms(self, folded: str) -> list[Synonym]:
        """Longest phrases first, not overlapping."""
        if self._said is None:
            return []
        found = dict.fromkeys(m.group() for m in self._said.finditer(folded))
        return [Synonym(said, self._official[said]) for said in found]

    def asides(self, titles: Mapping[str, str], folded: str) -> set[str]:
        """The keys of those titles that, without what stands in brackets after them, are about a matter in a way that was not
        asked for."""
        endings = tuple(e for e, asked in self._words.asides.items() if not any(said in folded for said in asked))
        return {key for key, title in titles.items() if _BRACKETS.sub("", fold(title)).endswith(endings)}

    def audiences(self, folded: str) -> tuple[str, ...]:
        return tuple(name for name, pattern in self._audiences.items() if pattern.search(folded))


def _any_of(phrases: tuple[str, ...]) -> str:
    """Longest first, so that a phrase is not cut short by its own beginning."""
    return "|".join(re.escape(p) for p in sorted({fold(p) for p in phrases}, key=lambda p: (-len(p), p)))


def load(words: Path = WORDS, synonyms: Path = SYNONYMS) -> Wording:
    """Raises SettingsInvalid with the file and what is wrong in it."""
    return Wording(_read(words, Words), _read(synonyms, Groups))


@cache
def default() -> Wording:
    return load()


def _read(path: Path, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"词表有误：{path.name}：{error}") from error

"""By which typed beginnings a document is suggested: of its names, of their pinyin and of their initials."""

from __future__ import annotations

from collections.abc import Iterator

from . import analysis
from .engine import Starter
from .models import Document

MAX_TEXT_KEY = 16
MAX_PINYIN_KEY = 32


def starters_of(document: Document) -> Iterator[Starter]:
    """One for the title and each alias; questions only where they are the document's own title."""
    for text in dict.fromkeys((document.title, *document.aliases)):
        yield Starter(text, tuple(keys_of(text)))


def keys_of(text: str) -> list[str]:
    """Beginnings of the text from any of its words on; of its pinyin and initials from the first word on."""
    folded = "".join(analysis.runs(analysis.fold(text)))
    keys: dict[str, None] = {}
    position = 0
    for word in analysis.words(folded):
        rest = folded[position : position + MAX_TEXT_KEY]
        keys.update((rest[: n + 1], None) for n in range(len(rest)))
        full, initials = analysis.pinyin_of(folded[position:])
        keys.update((full[: n + 1], None) for n in range(min(len(full), MAX_PINYIN_KEY)))
        keys.update((initials[: n + 1], None) for n in range(min(len(initials), MAX_PINYIN_KEY)))
        position += len(word)
    return list(keys)

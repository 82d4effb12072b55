"""Which character was meant where another of the same sound was typed, by all that stands around it.

The encoder with a step of its own (corrector_weights.npz) and a head that holds the state of a character against the published
vectors of all that sound alike (corrector_head.npz), both learned from clauses that were misheard on purpose
(corrector_training.py). It says how much likelier each is than what was typed; spelling.py puts that on its scales beside words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tokenizers import Tokenizer

from . import pinyin
from .low_rank import in_8_bits, model_name, unpacked
from .session import Session

WEIGHTS, HEAD = (Path(__file__).with_name(f"corrector_{part}.npz") for part in ("weights", "head"))
FORM = b"1"
"""Of the model that `quantise` makes; another one, another name."""
VECTORS = "characters"
_READINGS = 3
"""Of a character that count, the most usual ones."""
_GELU = (2 / np.pi) ** 0.5


@cache
def file_name(encoder: str) -> str | None:
    """In an encoder's folder, the corrector's model; beside it, as .npz, the vectors of the head's characters. None for an
    encoder that it is not for."""
    return model_name("corrector", encoder, FORM, WEIGHTS, HEAD)


@dataclass(frozen=True, slots=True)
class Head:
    """`turn` hidden × hidden, `turn_bias`, `scale` and `shift` of hidden size; `bias` by character; `typed` is added for the
    character that was typed."""

    characters: str
    turn: np.ndarray
    turn_bias: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    bias: np.ndarray
    typed: float

    def turned(self, states: np.ndarray) -> np.ndarray:
        """States of the encoder, characters × hidden → what is held against characters' vectors."""
        x = states @ self.turn.T + self.turn_bias
        x = 0.5 * x * (1 + np.tanh(_GELU * (x + 0.044715 * x * x * x)))
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)
        return np.asarray(x * self.scale + self.shift, np.float32)

    def write(self, path: Path = HEAD) -> None:
        kept: dict[str, Any] = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self) if f.name != "turn"}
        np.savez_compressed(path, **(kept | in_8_bits("turn", self.turn, 1)))

    @classmethod
    def read(cls, path: Path = HEAD) -> Head:
        with np.load(path, allow_pickle=False) as stored:
            small = {name: np.asarray(stored[name], np.float32) for name in ("turn_bias", "scale", "shift", "bias")}
            return cls(
                characters=str(stored["characters"]),
                turn=unpacked(stored, "turn"),
                typed=float(stored["typed"]),
                **small,
            )


def by_sound(characters: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """Of each character, the places of all that may be said alike, by a speaker who mixes sounds up."""
    sounds = [set(map(pinyin.blur, pinyin.readings(c)[:_READINGS])) for c in characters]
    said: dict[str, list[int]] = {}
    for place, readings in enumerate(sounds):
        for reading in readings:
            said.setdefault(reading, []).append(place)
    return {
        character: tuple(sorted({place for reading in readings for place in said[reading]}))
        for character, readings in zip(characters, sounds, strict=True)
    }


class _Alike(NamedTuple):
    """Of a character: the places of all that may be said alike, what they are, and where it is itself among them."""

    places: np.ndarray
    characters: str
    itself: int


class Corrector:
    """Thread-safe. Raises OSError or what onnxruntime raises where the files are not whole."""

    def __init__(self, model: Path, tokenizer: Tokenizer) -> None:
        self.head = Head.read()
        characters = self.head.characters
        self.alike = {
            character: _Alike(np.array(places), "".join([characters[p] for p in places]), places.index(place))
            for place, (character, places) in enumerate(by_sound(characters).items())
        }
        with np.load(model.with_suffix(".npz"), allow_pickle=False) as stored:
            self.vectors, self.lengths = stored[VECTORS], stored[f"{VECTORS}/scale"][:, 0]
        self._session = Session(model)
        self._tokenizer = tokenizer

    def read(self, text: str) -> Reading:
        """`text` is folded."""
        encoding = self._tokenizer.encode(text)
        at = {
            begin: token
            for token, (begin, end) in enumerate(encoding.offsets)
            if end - begin == 1 and text[begin] in self.alike
        }
        turned = self.head.turned(self._session.states([encoding], 0)[0][0, list(at.values())])
        return Reading(text, dict(zip(at, turned, strict=True)), self)


class Reading:
    """Of one text; not thread-safe."""

    def __init__(self, text: str, turned: Mapping[int, np.ndarray], corrector: Corrector) -> None:
        self._text = text
        self._turned = turned
        self._corrector = corrector
        self._found: dict[int, Mapping[str, float]] = {}

    def gains(self, at: int) -> Mapping[str, float]:
        """By how many nats another character is likelier than the one typed at this place of the text, for all that are
        said alike. Empty where the head knows no such character."""
        found = self._found.get(at)
        if found is None:
            found = self._found[at] = self._gains(at) if at in self._turned else {}
        return found

    def _gains(self, at: int) -> Mapping[str, float]:
        head = self._corrector.head
        places, characters, itself = self._corrector.alike[self._text[at]]
        near = self._corrector.vectors[places].astype(np.float32) @ self._turned[at]
        scores = near * self._corrector.lengths[places] + head.bias[places]
        gains = dict(zip(characters, (scores - scores[itself] - head.typed).tolist(), strict=True))
        del gains[characters[itself]]
        return gains

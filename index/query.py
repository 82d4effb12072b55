"""A typed text → everything that retrieval needs: what is left without fillers, what it names (region, audience), other
spellings, terms with weights (synonyms among them), and the texts to encode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import analysis, lexicon, pinyin
from .corrector import Corrector
from .engine import Clause, Engine
from .ranking import Ranking
from .spelling import respell
from .wording import Synonym, Wording


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text tells by itself, before the index is asked: `core` is the folded text without fillers, `letters` is set where
    it may be typed pinyin or initials. `variants` are the texts to encode for it: none of letters, nor of a bare number; a document's
    number also by itself, since what is asked about it says little of what it is."""

    text: str
    folded: str
    core: str
    letters: str | None
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """`core` and `letters` as they were heard, `bare` is `core` without 我想 and 怎么办. `repaired` is another spelling that is
    searched too; `meant` is the same where it is likely enough to ask about. `wordings` are the texts to encode beside what was
    heard, or `instead` of it."""

    text: str
    core: str
    bare: str
    letters: str | None
    regions: tuple[str, ...]
    audiences: tuple[str, ...]
    synonyms: tuple[Synonym, ...]
    repaired: str | None
    meant: str | None
    clauses: tuple[Clause, ...]
    wordings: tuple[str, ...]
    instead: bool

    @property
    def characters(self) -> int:
        """How many characters, letters and digits `core` has."""
        return sum(map(str.isalnum, self.core))


def hear(text: str, ranking: Ranking, wording: Wording) -> Heard:
    """Never fails: whatever was typed is text."""
    folded = analysis.fold(text[: ranking.retrieval.query_characters]).strip()
    core, cited = analysis.with_document_numbers(wording.strip(folded))
    letters = analysis.typed_pinyin(core)
    variants = () if not core or letters or analysis.only_a_number(core) else tuple(dict.fromkeys([core, *cited]))
    return Heard(text, folded, core, letters, variants)


def understand(
    heard: Heard, engine: Engine, ranking: Ranking, wording: Wording, corrector: Corrector | None = None
) -> Query:
    """A query without a single letter or digit has no clauses."""
    core, letters = heard.core, heard.letters
    other = respell(core, engine, lexicon.default(), ranking.repair, corrector)
    repaired = wording.strip(other.text) if other else None
    gain = other.gain if other else 0.0
    synonyms = tuple(dict.fromkeys(s for said in (core, repaired) if said for s in wording.synonyms(said)))
    clauses = Clauses(ranking)
    clauses.add(core, 1.0)
    for number in analysis.landlines(core):
        clauses.add(number, ranking.fields.number)
    if letters:
        clauses.add_sound(pinyin.split_loosely(letters))
    if repaired:
        clauses.add(repaired, ranking.repair.weight)
    for synonym in synonyms:
        for official in synonym.official:
            clauses.add(official, ranking.synonyms.weight)
    return Query(
        text=heard.text,
        core=core,
        bare=wording.bare(core),
        letters=letters,
        regions=named_regions(heard.folded, engine.manifest.region_names),
        audiences=wording.audiences(heard.folded),
        synonyms=synonyms,
        repaired=repaired,
        meant=repaired if gain >= ranking.repair.shown_from else None,
        clauses=clauses.found(),
        wordings=(*([repaired] if repaired else []), *officially(core, synonyms, ranking.synonyms.meant)),
        instead=bool(repaired) and gain >= ranking.repair.instead_from,
    )


def officially(core: str, synonyms: Sequence[Synonym], share: float) -> tuple[str, ...]:
    """The query with the official words behind it, where its synonyms are so much of it: of a phrase that the encoder does not know,
    they tell all."""
    if not synonyms or sum(len(synonym.said) for synonym in synonyms) < share * len(core):
        return ()
    return (" ".join([core, *(official for synonym in synonyms for official in synonym.official)]),)


class Clauses:
    """Collects terms; one that comes again keeps its greater weight."""

    def __init__(self, ranking: Ranking) -> None:
        self._weights = {"grams": ranking.fields.grams, "words": ranking.fields.words, "sound": ranking.fields.sound}
        self._boosts: dict[tuple[str, str], float] = {}

    def add(self, text: str, weight: float) -> None:
        terms = analysis.terms(text)
        for field, found in (("grams", terms.grams), ("words", terms.words), ("sound", terms.sound)):
            self._add(field, found, weight)

    def add_sound(self, syllables: Sequence[str]) -> None:
        self._add("sound", [f"{a}'{b}" for a, b in pairwise(syllables)], 1.0)

    def found(self) -> tuple[Clause, ...]:
        return tuple(Clause(field, term, boost) for (field, term), boost in self._boosts.items())

    def _add(self, field: str, terms: Sequence[str], weight: float) -> None:
        boost = self._weights[field] * weight
        for term in terms:
            if boost > self._boosts.get((field, term), 0.0):
                self._boosts[field, term] = boost


def named_regions(folded: str, region_names: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Regions that the text names. A name inside a longer one that was said (西市 in 西市区 of another) is no name."""
    said = [(name, region) for region, names in region_names for name in map(analysis.fold, names) if name in folded]
    longest = [(n, r) for n, r in said if not any(n != other and n in other for other, _ in said)]
    return tuple(dict.fromkeys(region for _, region in longest))

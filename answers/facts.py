"""Facts from free text: choices by their wordings, quantities, dates, regions, yes/no, negation, 「不知道」."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from index.analysis import fold
from knowledge_base.city import City
from knowledge_base.conditions import parse_range
from knowledge_base.outcome import AskedQuestion
from knowledge_base.schema import UNKNOWN, Fact, FactType, FactValue

from .numbers import family_of, numbers
from .quantities import Reading, calendar_date, quantity

Match = Callable[[str, list[str]], list[tuple[int, float]]]
"""(text, candidates) → (index, cosine) of each, best first; empty when there is no encoder."""

_MARKS = re.compile(r"[\s，。！？、；：,.!?;:~～“”\"'()（）]+")
_SPLIT = re.compile(r"[，、/（）()或及和或者]+")


@cache
def understanding() -> dict[str, Any]:
    """understanding.yaml."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "understanding.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class _Mention:
    value: FactValue
    words: str
    start: int
    negated: bool


def plain(text: str) -> str:
    """Normalised for matching, without punctuation and spaces. 著 as people type 着 in traditional characters."""
    return _MARKS.sub("", fold(text)).replace("著", "着")


class FactReader:
    """Reads one city's facts. `match` finds an option by meaning; without it only wordings count."""

    def __init__(self, city: City, match: Match | None = None) -> None:
        self.city = city
        self._match = match
        self._wordings: dict[str, tuple[tuple[str, FactValue], ...]] = {}

    def is_unknown(self, text: str) -> bool:
        said = plain(text)
        return any(w in said for w in understanding()["unknown"]) and len(said) <= 12

    def answer(self, question: AskedQuestion, text: str, by_meaning: bool = True) -> Reading | None:
        """What `text` says to the pending question; None when it does not answer it."""
        fact = self.city.facts[question.fact]
        options = [o for o in question.options if o.value != UNKNOWN]
        if any(plain(text).startswith(w) for w in understanding()["unknown"]):
            return Reading(UNKNOWN, text)
        found = self._read(fact, text, pending=True)
        if found is None and (at := self.ordinal(text, len(options))) is not None:
            found = Reading(options[at].value, text)
        if found is None:
            found = self._labelled(text, [(o.label, o.value) for o in options])
        if found is None and self.is_unknown(text):
            return Reading(UNKNOWN, text)
        if found is None and by_meaning and fact.type in (FactType.CHOICE, FactType.YES_NO):
            found = self._by_meaning(fact, text, [o.value for o in options])
        return found

    def answers(self, question: AskedQuestion, text: str, by_meaning: bool = True) -> dict[str, Reading]:
        """All that `text` says to the pending question. A composed one is answered by an option (its number, its words) or
        by any of its facts; 「不知道」 asks them one by one. Empty when it does not answer it."""
        if len(question.facts) < 2:
            reading = self.answer(question, text, by_meaning)
            return {question.fact: reading} if reading else {}
        *options, unknown = question.options
        at = self.ordinal(text, len(options))
        if at is None:
            at = next((i for i, o in enumerate(options) if plain(o.label) == plain(text)), None)
        if at is not None:
            return {fact: Reading(value, text) for fact, value in options[at].facts.items()}
        if self.is_unknown(text) or any(plain(text).startswith(w) for w in understanding()["unknown"]):
            return {fact: Reading(value, text) for fact, value in unknown.facts.items()}
        return self._stated(question, text) or (self._meant(question, text) if by_meaning else {})

    def _stated(self, question: AskedQuestion, text: str) -> dict[str, Reading]:
        """Facts of a composed question that the text names. A bare yes could be said to any of them, so it counts for none."""
        facts = [self.city.facts[f] for f in question.facts]
        numbered = sum(f.type is FactType.QUANTITY for f in facts)
        found: dict[str, Reading] = {}
        for fact in facts:
            pending = fact.type is FactType.CHOICE or (fact.type is FactType.QUANTITY and numbered == 1)
            if reading := self._read(fact, text, pending):
                found[fact.id] = reading
        return found

    def _meant(self, question: AskedQuestion, text: str) -> dict[str, Reading]:
        """The one fact of a composed question that the text's meaning comes nearest to; none where two claim it."""
        found: dict[str, Reading] = {}
        for fact in (self.city.facts[f] for f in question.facts):
            offered = [o.facts[fact.id] for o in question.options if fact.id in o.facts]
            if fact.type in (FactType.CHOICE, FactType.YES_NO) and (reading := self._by_meaning(fact, text, offered)):
                found[fact.id] = reading
        return found if len(found) == 1 else {}

    def find(self, text: str, facts: Iterable[str]) -> dict[str, Reading]:
        """Facts that a sentence states without having been asked."""
        found: dict[str, Reading] = {}
        families: dict[str, list[str]] = {}
        for fact_id in dict.fromkeys(facts):
            fact = self.city.facts.get(fact_id)
            if fact is None:
                continue
            if fact.type is FactType.QUANTITY:
                families.setdefault(family_of(fact.unit)[0], []).append(fact_id)
            elif reading := self._read(fact, text, pending=False):
                found[fact_id] = reading
        for family, ids in families.items():
            for fact_id in ids:
                fact = self.city.facts[fact_id]
                named = any(s in plain(text) for s in fact.synonyms)
                if (named or (family and len(ids) == 1)) and (reading := quantity(fact, text, bare=named)):
                    found[fact_id] = reading
        return found

    def region(self, text: str) -> Reading | None:
        """The district that is named; the longest name wins, the last of equals, a negated one never."""
        said = plain(text)
        names = [(n, r.code) for r in self.city.districts for n in (r.name, *r.aliases)]
        mentions = [m for m in self._mentions(said, names) if not m.negated]
        best = max(mentions, key=lambda m: (m.start, len(m.words)), default=None)
        return Reading(best.value, best.words) if best else None

    def _read(self, fact: Fact, text: str, pending: bool) -> Reading | None:
        match fact.type:
            case FactType.REGION:
                return self.region(text)
            case FactType.QUANTITY:
                return quantity(fact, text, bare=pending)
            case FactType.DATE:
                return calendar_date(text)
            case FactType.YES_NO:
                return self._yes_no(fact, text, pending)
            case FactType.CHOICE:
                return self._choice(fact, text, pending)

    def _yes_no(self, fact: Fact, text: str, pending: bool) -> Reading | None:
        said = plain(text)
        if fact.yes_range:
            number = next((n for n in numbers(fold(text)) if n.family == family_of(fact.unit)[0]), None)
            if number is not None:
                value = number.value / family_of(fact.unit)[1]
                return Reading(value in parse_range(fact.yes_range), number.words)
        mentions = self._mentions(said, self._wordings_of(fact), shortest=1 if pending else self._shortest())
        best = self._decide([_Mention(m.value is not m.negated, m.words, m.start, False) for m in mentions])
        if best is not None or not pending or "还是" in fact.question:
            return best
        for word in sorted(understanding()["negative"], key=len, reverse=True):
            if said == word or (said.startswith(word) and len(said) <= len(word) + 4 and not self.is_unknown(text)):
                return Reading(False, word)
        for word in sorted(understanding()["affirmative"], key=len, reverse=True):
            if said == word or (said.startswith(word) and len(said) <= len(word) + 4):
                return Reading(True, word)
        return None

    def _choice(self, fact: Fact, text: str, pending: bool) -> Reading | None:
        mentions = self._mentions(plain(text), self._wordings_of(fact), shortest=1 if pending else self._shortest())
        best = self._decide([m for m in mentions if not m.negated])
        if best is None and len(fact.choices) == 2 and mentions and pending:
            left = [c.value for c in fact.choices if c.value not in {m.value for m in mentions}]
            return Reading(left[0], text) if left else None
        return best

    def _decide(self, mentions: Sequence[_Mention]) -> Reading | None:
        """The value of the longest wording; between values of equal length the later one (people correct themselves)."""
        best = max(mentions, key=lambda m: (len(m.words), m.start), default=None)
        return Reading(best.value, best.words) if best else None

    def _wordings_of(self, fact: Fact) -> tuple[tuple[str, FactValue], ...]:
        if fact.id not in self._wordings:
            rows: list[tuple[str, FactValue]] = []
            if fact.type is FactType.YES_NO:
                rows += [(plain(w), True) for w in (*fact.yes_synonyms, fact.yes_label)]
                rows += [(plain(w), False) for w in (*fact.no_synonyms, fact.no_label)]
                rows = [(w, v) for w, v in rows if w not in ("是", "否")]
            for choice in fact.choices:
                labels = [choice.label, *_SPLIT.split(choice.label)]
                rows += [(plain(w), choice.value) for w in (*labels, *choice.synonyms)]
            self._wordings[fact.id] = tuple(dict.fromkeys((w, v) for w, v in rows if w))
        return self._wordings[fact.id]

    def _mentions(self, said: str, wordings: Iterable[tuple[str, FactValue]], shortest: int = 1) -> list[_Mention]:
        """Every wording that occurs and is not part of a longer one that occurs."""
        hits = [(m.start(), w, v) for w, v in wordings if len(w) >= shortest for m in re.finditer(re.escape(w), said)]
        kept = [
            (at, w, v)
            for at, w, v in hits
            if not any(a <= at and at + len(w) <= a + len(x) and len(x) > len(w) for a, x, _ in hits)
        ]
        return [_Mention(v, w, at, self._negated(said, at)) for at, w, v in kept]

    def _negated(self, said: str, at: int) -> bool:
        before = said[max(0, at - 4) : at]
        return any(before.endswith(w) for w in understanding()["negation_before"])

    def _shortest(self) -> int:
        return int(understanding()["shortest_wording"])

    def ordinal(self, text: str, count: int) -> int | None:
        said, rules = plain(text), understanding()["ordinals"]
        if said in rules["last"]:
            return count - 1
        if re.fullmatch(r"[1-9]|[a-h]", said):
            at = int(said) - 1 if said.isdigit() else ord(said) - ord("a")
        else:
            named = said.removeprefix("选").removeprefix("是")
            after = "|".join(map(re.escape, rules["after"]))
            at = next((i for w, i in rules["words"].items() if re.fullmatch(f"{w}(?:{after})*", named)), -1)
        return at if 0 <= at < count else None

    def _labelled(self, text: str, labels: Sequence[tuple[str, FactValue]]) -> Reading | None:
        """The text is an option's label, or a telling part of just one."""
        said = plain(text)
        exact = [v for label, v in labels if plain(label) == said]
        if exact:
            return Reading(exact[0], text)
        part = [v for label, v in labels if len(said) >= self._shortest() and said in plain(label)]
        return Reading(part[0], text) if len(part) == 1 else None

    def _by_meaning(self, fact: Fact, text: str, values: Sequence[FactValue]) -> Reading | None:
        rules: Mapping[str, float] = understanding()["by_meaning"]
        wordings = [(w, v) for w, v in self._wordings_of(fact) if v in values]
        if self._match is None or not wordings or not 2 <= len(plain(text)) <= rules["max_characters"]:
            return None
        scores: dict[FactValue, float] = {}
        for i, score in self._match(text, [w for w, _ in wordings]):
            value = wordings[i][1]
            scores[value] = max(score, scores.get(value, 0.0))
        ranked = sorted(scores.items(), key=lambda s: -s[1])
        if not ranked or ranked[0][1] < rules["cosine"]:
            return None
        close = len(ranked) > 1 and ranked[0][1] - ranked[1][1] < rules["margin"]
        return None if close else Reading(ranked[0][0], text)

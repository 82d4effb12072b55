"""What is prepared once for each item or bundle: its questions, its table of outcomes, the order of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..city import City
from ..conditions import holds
from ..schema import Bundle, FactValue, ServiceItem
from ..schema.common import When
from .composing import characters
from .questions import Asked, merge_questions, resolve_question
from .resolve import Resolution, resolve
from .tree import Tree, bounds, combine, positions


@dataclass(frozen=True)
class Part:
    """One item of the target: always included for an item itself, `include` says when for a bundle's."""

    item: ServiceItem
    why: str
    include: When
    preset: dict[str, FactValue]
    after: tuple[str, ...] = ()

    def resolution(self, facts: dict[str, FactValue]) -> Resolution | None:
        """None where the bundle does not need this item in this situation."""
        every = {**facts, **self.preset}
        return resolve(self.item, every) if holds(self.include, every) else None

    def facts(self) -> set[str]:
        """Facts this part can depend on."""
        return {q.fact for q in self.item.questions} | set(self.include)


class TooManyCombinations(ValueError):
    """A target with more combinations of answers than limits.yaml allows."""


@dataclass(frozen=True)
class Plan:
    """`asked`: one axis of the table each, in the order written."""

    target: ServiceItem | Bundle
    asked: tuple[Asked, ...]
    parts: tuple[Part, ...]

    @property
    def is_bundle(self) -> bool:
        return isinstance(self.target, Bundle)

    def axis(self, fact: str) -> int | None:
        return next((i for i, a in enumerate(self.asked) if a.fact.id == fact), None)

    def facts_at(self, position: Sequence[int]) -> dict[str, FactValue]:
        """Sample values of the options at one cell of the table."""
        return {a.fact.id: a.choices[i].sample for a, i in zip(self.asked, position, strict=True)}

    def resolutions(self, position: Sequence[int]) -> tuple[Resolution | None, ...]:
        facts = self.facts_at(position)
        return tuple(p.resolution(facts) for p in self.parts)

    @cached_property
    def tree(self) -> Tree:
        """Raises TooManyCombinations."""
        shape = [len(a.choices) for a in self.asked]
        if np.prod(shape, dtype=float) > bounds()["max_cells"]:
            raise TooManyCombinations(
                f"{self.target.id}：问题的答案组合有 {int(np.prod(shape, dtype=float))} 种，超过上限"
            )
        shares = [_normalised([c.share for c in a.choices]) for a in self.asked]
        table = combine([self._part_table(p, shape) for p in self.parts]) if shape else np.zeros((), dtype=np.int64)
        return Tree(np.broadcast_to(table, shape) if shape else table, shares, characters(self.asked))

    def _part_table(self, part: Part, shape: Sequence[int]) -> np.ndarray:
        wanted = part.facts()
        own = [n if a.fact.id in wanted else 1 for n, a in zip(shape, self.asked, strict=True)]
        table = np.zeros(own, dtype=np.int64)
        numbers: dict[tuple[int, ...], int] = {}
        for position in positions(own):
            resolution = part.resolution(self.facts_at(position))
            key = resolution.signature() if resolution else ()
            table[position] = numbers.setdefault(key, len(numbers))
        return table


def _normalised(shares: Sequence[float]) -> np.ndarray:
    array = np.asarray(shares, dtype=float)
    return np.asarray(array / array.sum())


def plan_item(item: ServiceItem, city: City) -> Plan:
    """Raises KeyError for a fact the city does not have (linted)."""
    asked = tuple(resolve_question(q, city.facts[q.fact]) for q in item.questions)
    return Plan(item, asked, (Part(item, "", {}, {}),))


def plan_bundle(bundle: Bundle, city: City) -> Plan:
    """Merges the items: every fact is asked once, presets never; the bundle's own wording wins. Raises KeyError as above."""
    parts = in_order(
        tuple(Part(city.items[b.item], b.why, b.when, {**bundle.preset, **b.preset}, b.after) for b in bundle.items)
    )
    gathered: dict[str, list[Asked]] = {}
    for part in parts:
        for q in part.item.questions:
            if q.fact not in part.preset:
                gathered.setdefault(q.fact, []).append(resolve_question(q, city.facts[q.fact]))
    own = {q.fact: resolve_question(q, city.facts[q.fact]) for q in bundle.questions}
    merged = {fact: merge_questions(asked) for fact, asked in gathered.items()}
    return Plan(bundle, tuple({**own, **{f: a for f, a in merged.items() if f not in own}}.values()), parts)


def in_order(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts after the ones they depend on, otherwise as written. A circle (linted) is left as written."""
    ordered: list[Part] = []
    waiting = list(parts)
    present = {p.item.id for p in parts}
    while waiting:
        done = {p.item.id for p in ordered}
        ready = next((p for p in waiting if set(p.after) & present <= done), waiting[0])
        ordered.append(ready)
        waiting.remove(ready)
    return tuple(ordered)

"""Walks every path of every target: all answers that the navigator can really be given by asking.

Proved of a target: every path ends, in one outcome; no question comes twice on a path; every question of an item is
asked on some path, and every material of an item is needed on some path.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .navigation import Navigator, Plan
from .navigation.composing import named
from .navigation.plan import Part
from .navigation.resolve import Resolution
from .navigation.tree import State, Tree, positions
from .schema import FactValue


@dataclass
class Proof:
    """`paths`: as applicants are led, and where composed questions come, also one by one. Proved without `problems`.

    `expected` questions by the options' shares.
    """

    target: str
    paths: int = 0
    longest: int = 0
    expected: float = 0.0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Path:
    """Answers (fact, option's value) in the order asked. `state`: the option on each axis, None where not asked."""

    answers: tuple[tuple[str, FactValue], ...]
    questions: int
    state: State


def walk(plan: Plan, tree: Tree) -> Iterator[Path]:
    """Every path of a target, depth first."""

    def below(state: State, answers: tuple[tuple[str, FactValue], ...], questions: int) -> Iterator[Path]:
        ask = tree.best(state).ask
        if ask is None:
            yield Path(answers, questions, state)
            return
        for lead in ask.leads:
            told = ((asked.fact.id, choice.value) for asked, choice in named(plan.asked, state, lead))
            yield from below(lead, (*answers, *told), questions + 1)

    yield from below(tree.start, (), 0)


def walks(plan: Plan) -> Iterator[Path]:
    """As applicants are led; a path that asking one by one adds comes after."""
    yield from (led := list(walk(plan, plan.tree)))
    seen = {(path.questions, path.state) for path in led}
    yield from (path for path in walk(plan, plan.tree.one_by_one) if (path.questions, path.state) not in seen)


def endings(plan: Plan, part: Part, state: State) -> list[Resolution | None]:
    """What a part comes to at the end of a path, for all answers that the path left open; all must be equal."""
    mine = part.facts()
    asked = zip(plan.asked, state, strict=True)
    axes = [range(len(a.choices)) if s is None and a.fact.id in mine else (s or 0,) for a, s in asked]
    starts = [axis[0] for axis in axes]
    return [
        part.resolution(plan.facts_at([a + b for a, b in zip(starts, position, strict=True)]))
        for position in positions([len(axis) for axis in axes])
    ]


def _signature(resolution: Resolution | None) -> tuple[int, ...]:
    return resolution.signature() if resolution else ()


def prove(navigator: Navigator, target: str) -> Proof:
    """Raises LookupError or ValueError for content with broken references, which the linter tells first."""
    plan = navigator.plan(target)
    proof = Proof(target, expected=plan.tree.best(plan.tree.start).questions)
    asked: set[str] = set()
    needed: set[str] = set()
    for path in walks(plan):
        told = "、".join(f"{fact}={value}" for fact, value in path.answers) or "不用问"
        facts = [fact for fact, _ in path.answers]
        proof.paths += 1
        proof.longest = max(proof.longest, path.questions)
        asked.update(facts)
        if len(set(facts)) < len(facts):
            proof.problems.append(f"{told}：同一个问题问了两遍")
        for part in plan.parts:
            ends = endings(plan, part, path.state)
            if len({_signature(end) for end in ends}) > 1:
                proof.problems.append(f"{told}：{part.item.name}还有不同的结果没问清楚")
            if any(end and not end.special and not end.handling for end in ends):
                proof.problems.append(f"{told}：{part.item.name}没有办理项可办")
            needed |= {use.material for end in ends if end for use in end.materials}
    if not plan.is_bundle:
        item = plan.parts[0].item
        listed = {use.material for details in (item, *item.handling_items) for use in details.materials}
        proof.problems += [f"问题 {a.fact.id} 永远不会问到" for a in plan.asked if a.fact.id not in asked]
        proof.problems += [f"材料 {name} 永远用不到" for name in sorted(listed - needed)]
    return proof


def prove_all(navigator: Navigator) -> list[Proof]:
    """All items, then all bundles."""
    return [prove(navigator, target) for target in (*navigator.city.items, *navigator.city.bundles)]

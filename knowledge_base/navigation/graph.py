"""The whole question graph of a target, as it is really walked: for editors to see and for proofs to check."""

from dataclasses import dataclass, field

from ..outcome import AskedQuestion
from .navigator import Navigator
from .tree import State


@dataclass(frozen=True)
class Node:
    """A question, or an outcome (`outcome` its kind, `situation` its name)."""

    id: str
    question: AskedQuestion | None = None
    outcome: str = ""
    situation: str = ""


@dataclass(frozen=True)
class Edge:
    source: str
    target: str
    label: str


@dataclass
class Graph:
    """`expected_questions` from nothing known."""

    target: str
    title: str
    expected_questions: float
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def graph(navigator: Navigator, target: str) -> Graph:
    """Every state that asking can reach, 「不清楚」 left out. Raises UnknownTarget."""
    plan = navigator.plan(target)
    tree = navigator.tree(plan)
    start: State = (None,) * len(plan.asked)
    found = Graph(target, plan.target.name, round(tree.best(start)[1], 3))
    seen: set[State] = set()
    waiting = [start]
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        facts = {a.fact.id: a.choices[i].value for a, i in zip(plan.asked, state, strict=True) if i is not None}
        step = navigator.step(target, facts)
        if step.outcome is not None:
            found.nodes.append(Node(_name(state), None, step.outcome.kind, step.outcome.situation))
            continue
        found.nodes.append(Node(_name(state), step.question))
        axis, _ = tree.best(state)
        assert axis is not None
        for i, choice in enumerate(plan.asked[axis].choices):
            child = (*state[:axis], i, *state[axis + 1 :])
            found.edges.append(Edge(_name(state), _name(child), choice.label))
            waiting.append(child)
    return found


def _name(state: State) -> str:
    return "n" + ".".join("_" if s is None else str(s) for s in state)

"""The whole question graph of a target, as it is really walked: for editors to see and for proofs to check."""

from dataclasses import dataclass, field

from ..outcome import AskedQuestion
from .composing import in_written_order, label, named
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
    """Every state that asking can reach, 「不清楚」 and asking one by one left out. Raises UnknownTarget."""
    plan = navigator.plan(target)
    tree = navigator.tree(plan)
    found = Graph(target, plan.target.name, round(tree.best(tree.start).questions, 3))
    seen: set[State] = set()
    waiting = [tree.start]
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
        ask = tree.best(state).ask
        assert ask is not None
        found.nodes.append(Node(_name(state), step.question))
        for lead in in_written_order(ask.leads):
            found.edges.append(Edge(_name(state), _name(lead), label(named(plan.asked, state, lead))))
            waiting.append(lead)
    return found


def _name(state: State) -> str:
    return "n" + ".".join("_" if s is None else str(s) for s in state)

"""What an edit changes: its fields, and the outcomes that people get in each situation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..city import City
from ..navigation import Navigator
from ..navigation.graph import graph
from ..outcome import Outcome


@dataclass(frozen=True)
class FieldChange:
    """`path` like `fee.lines.0.amount`; None where it was or is not there."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class OutcomeChange:
    """One situation of one item or bundle; `changes` are of what the applicant sees."""

    target: str
    title: str
    situation: str
    changes: tuple[FieldChange, ...]


def field_changes(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """Leaves that differ, in order. Lists are compared place by place."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from field_changes(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list):
        for i in range(max(len(before), len(after))):
            left, right = (x[i] if i < len(x) else None for x in (before, after))
            yield from field_changes(left, right, f"{path}.{i}")
    else:
        yield FieldChange(path, before, after)


def _seen(outcome: Outcome) -> dict[str, Any]:
    return {
        "办理结果": outcome.kind,
        "办理项": outcome.handling_item,
        "说明": outcome.explanation,
        "材料": {m.id: f"{m.name}（{m.submission_label}，{m.copies_text}）{m.conditional}" for m in outcome.materials},
        "费用": outcome.fee.text,
        "时限": outcome.limit.text,
        "到场次数": outcome.visits.text,
        "受理条件": list(outcome.conditions),
        "步骤": [s.name for s in outcome.steps],
        "办理形式": list(outcome.forms),
    }


def _situations(city: City, target: str) -> dict[str, Outcome]:
    """Every outcome that asking can reach, by its situation; where several share a name, by the answers too."""
    if target not in city.items and target not in city.bundles:
        return {}
    navigator = Navigator(city)
    plan = navigator.plan(target)
    reached: dict[str, list[Outcome]] = {}
    for node in graph(navigator, target).nodes:
        if node.question is None:
            facts = {
                a.fact.id: a.choices[int(i)].value
                for a, i in zip(plan.asked, node.id[1:].split(".") if plan.asked else (), strict=True)
                if i != "_"
            }
            outcome = navigator.step(target, facts).outcome
            if outcome is not None:
                reached.setdefault(outcome.situation, []).append(outcome)
    found: dict[str, Outcome] = {}
    for situation, outcomes in reached.items():
        for outcome in outcomes:
            answers = "、".join(f.answer for f in outcome.facts)
            found[situation if len(outcomes) == 1 else f"{situation}（{answers}）"] = outcome
    return found


def affected(city: City, kind: str, record: str) -> list[str]:
    """Items and bundles whose outcomes the record can touch."""
    if kind == "item":
        return [record, *(b.id for b in city.bundles.values() if any(x.item == record for x in b.items))]
    if kind == "bundle":
        return [record]
    if kind == "fact":
        items = [i.id for i in city.items.values() if any(q.fact == record for q in i.questions)]
        return list(dict.fromkeys(t for i in items for t in affected(city, "item", i)))
    if kind == "material":
        uses = [
            i.id
            for i in city.items.values()
            if any(m.material == record for d in (i, *i.handling_items) for m in d.materials)
        ]
        return list(dict.fromkeys(t for i in uses for t in affected(city, "item", i)))
    return []


def outcome_changes(before: City, after: City, targets: list[str]) -> list[OutcomeChange]:
    """Situations that are new, gone, or come to something else."""
    found = []
    for target in targets:
        old, new = _situations(before, target), _situations(after, target)
        for situation in dict.fromkeys((*old, *new)):
            left = _seen(old[situation]) if situation in old else {}
            right = _seen(new[situation]) if situation in new else {}
            changes = tuple(field_changes(left, right))
            if changes:
                title = (new.get(situation) or old[situation]).title
                found.append(OutcomeChange(target, title, situation, changes))
    return found

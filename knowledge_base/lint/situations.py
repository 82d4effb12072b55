"""Every situation of an item: each complete set of answers, and what the item says then."""

from dataclasses import dataclass

from ..navigation import Plan, TooManyCombinations
from ..navigation.plan import plan_bundle, plan_item
from ..navigation.resolve import Resolution, handling_items
from ..navigation.tree import positions
from ..schema import HandlingItem, ServiceItem
from ..schema.common import FactValue
from ..yaml_reader import Steps
from .context import Context


@dataclass(frozen=True)
class Situation:
    """`answers` is for people; `fitting` are the handling items whose condition holds."""

    facts: dict[str, FactValue]
    answers: str
    resolution: Resolution
    fitting: tuple[HandlingItem, ...]

    @property
    def handling(self) -> HandlingItem | None:
        return self.resolution.handling


def plan_of(context: Context, target: str) -> Plan | None:
    """None where broken references or too many combinations forbid one; other rules tell those."""
    if target not in context.plans:
        city = context.city
        plan: Plan | None
        try:
            plan = (
                plan_item(city.items[target], city) if target in city.items else plan_bundle(city.bundles[target], city)
            )
            _ = plan.tree
        except (LookupError, ValueError):
            plan = None
        context.plans[target] = plan
    return context.plans[target]


def too_many(context: Context, target: str) -> str:
    """Why a target cannot be enumerated, "" if it can."""
    city = context.city
    try:
        plan = plan_item(city.items[target], city) if target in city.items else plan_bundle(city.bundles[target], city)
        _ = plan.tree
    except TooManyCombinations as error:
        return str(error)
    except (LookupError, ValueError):
        return ""
    return ""


def situations(context: Context, key: str) -> tuple[Situation, ...]:
    """Of an item; none where its questions are broken."""
    if key not in context.situations:
        found: list[Situation] = []
        plan = plan_of(context, key)
        if plan is None:
            return ()
        for position in positions([len(a.choices) for a in plan.asked]):
            facts = plan.facts_at(position)
            (resolution,) = plan.resolutions(position)
            labels = (a.choices[i].label for a, i in zip(plan.asked, position, strict=True))
            if resolution:
                found.append(Situation(facts, "、".join(labels), resolution, handling_items(plan.parts[0].item, facts)))
        context.situations[key] = tuple(found)
    return context.situations[key]


def path_of(item: ServiceItem, part: object) -> Steps:
    """Where a part of an item (the same object) stands; () for none."""
    for at, details in (((), item), *((("handling_items", i), h) for i, h in enumerate(item.handling_items))):
        for name in type(details).model_fields:
            value = getattr(details, name)
            if value is part:
                return (*at, name)
            if isinstance(value, tuple):
                for i, entry in enumerate(value):
                    if entry is part:
                        return (*at, name, i)
    return ()

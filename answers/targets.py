"""Which item or bundle a text is about, and which facts of it the same text already states."""

from knowledge_base.schema import Bundle, ServiceItem

from .desk import Desk
from .facts import plain
from .quantities import Reading


def facts_of_text(desk: Desk, text: str, target: str) -> dict[str, Reading]:
    """Facts that `text` states for the questions of `target`, from wordings and from names of its handling items."""
    plan = desk.navigator.plan(target)
    asked = {a.fact.id for a in plan.asked}
    found = {f: r for f, r in _from_handling_items(text, plan.target, desk).items() if f in asked}
    found |= desk.reader.find(text, ["region", "audience", *asked])
    return {f: r for f, r in found.items() if f == "region" or _fits(desk, target, f, r)}


def facts_as_meant(desk: Desk, text: str, meant: str | None, target: str) -> tuple[dict[str, Reading], str | None]:
    """As `facts_of_text`, and what only the other spelling `meant` of the text states: 变更法定带表人. → facts, and `meant` where any
    came from it, which is to be told."""
    typed = facts_of_text(desk, text, target)
    spelt = facts_of_text(desk, meant, target) if meant else {}
    return spelt | typed, meant if spelt.keys() - typed.keys() else None


def _from_handling_items(text: str, target: ServiceItem | Bundle, desk: Desk) -> dict[str, Reading]:
    """「身份证丢了」 names the handling item 补领, whose condition states the fact. The longest name that occurs counts."""
    if not isinstance(target, ServiceItem):
        return {}
    said = plain(text)
    named = [(len(n), h, n) for h in target.handling_items for n in map(plain, (h.name, *h.aliases)) if n and n in said]
    if not named or len(target.handling_items) == 1:
        return {}
    _, handling, words = max(named, key=lambda n: n[0])
    return {fact: Reading(values[0], words) for fact, values in handling.when.items() if len(values) == 1}


def _fits(desk: Desk, target: str, fact: str, reading: Reading) -> bool:
    plan = desk.navigator.plan(target)
    axis = plan.axis(fact)
    return axis is not None and plan.asked[axis].index_of(reading.value) is not None

"""How much there is: counts of records, paths proved, problems left."""

from collections.abc import Sequence

import numpy as np

from .city import City
from .navigation import Navigator, Plan, orders
from .problems import Problem, Severity
from .proof import Proof, prove


def _proofs(navigator: Navigator) -> list[Proof]:
    """Targets whose references are broken are left out here; the linter reports them."""
    city = navigator.city
    found: list[Proof] = []
    for target in (*city.items, *city.bundles):
        try:
            found.append(prove(navigator, target))
        except (LookupError, ValueError):
            continue
    return found


ORDERS = {"": orders.ours, "_as_written": orders.as_written, "_random": orders.at_random, "_every": orders.every}


def compared(plans: Sequence[Plan]) -> dict[str, float]:
    """Mean questions to the right situation for each order of asking, over targets that ask.

    `mean_questions`: items, `_bundles`, `_all` both, `_several` those with two questions or more (one question cannot be
    less): combinations as often as they occur. `_outcomes`: over all outcomes of all targets, rare ones as much as common.
    """
    scopes = {
        "": [p for p in plans if not p.is_bundle],
        "_bundles": [p for p in plans if p.is_bundle],
        "_all": plans,
        "_several": [p for p in plans if len(p.asked) > 1],
    }
    means = {p.target.id: {o: orders.mean(p.tree, order) for o, order in ORDERS.items()} for p in plans}
    found = {
        f"mean_questions{scope}{o}": _mean([means[p.target.id][o] for p in chosen])
        for scope, chosen in scopes.items()
        for o in ORDERS
    }
    return found | {
        f"mean_questions_outcomes{o}": _mean(
            np.concatenate([np.zeros(0), *(orders.by_outcome(p.tree, order) for p in plans)])
        )
        for o, order in ORDERS.items()
    }


def asking(navigator: Navigator, proofs: Sequence[Proof]) -> list[Plan]:
    return [plan for p in proofs if (plan := navigator.plan(p.target)).asked]


def stats(city: City, problems: Sequence[Problem]) -> dict[str, int | float]:
    """What `python -m knowledge_base stats` tells.

    `paths_proved`: paths of items and bundles walked without a problem. `items_with_situations`: items with a question.
    """
    navigator = Navigator(city)
    proofs = _proofs(navigator)
    proved = [p for p in proofs if not p.problems]
    return {
        "items": len(city.items),
        "items_with_situations": sum(1 for item in city.items.values() if item.questions),
        "handling_items": sum(len(item.handling_items) for item in city.items.values()),
        "paths_proved": sum(p.paths for p in proved),
        "targets_unproved": len(city.items) + len(city.bundles) - len(proved),
        "bundles": len(city.bundles),
        "faqs": len(city.faqs),
        "phrasings": sum(len(faq.phrasings) for faq in city.faqs.values()),
        "policies": len(city.policies),
        "benefits": sum(1 for policy in city.policies.values() if policy.benefit),
        "places": len(city.places),
        "materials": len(city.materials),
        "facts": len(city.facts),
        "sources": len(city.sources),
        **compared(asking(navigator, proofs)),
        **{f"lint_{s}s": sum(1 for p in problems if p.severity is s) for s in Severity},
    }


def _mean(questions: Sequence[float] | np.ndarray) -> float:
    return round(float(np.mean(questions)), 3) if len(questions) else 0.0

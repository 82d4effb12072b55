"""How much there is: counts of records, paths proved, problems left."""

from collections.abc import Sequence
from statistics import fmean

from .city import City
from .navigation import Navigator
from .problems import Problem, Severity
from .proof import Proof, prove


def _proofs(city: City) -> list[Proof]:
    """Targets whose references are broken are left out here; the linter reports them."""
    navigator = Navigator(city)
    found: list[Proof] = []
    for target in (*city.items, *city.bundles):
        try:
            found.append(prove(navigator, target))
        except (LookupError, ValueError):
            continue
    return found


def stats(city: City, problems: Sequence[Problem]) -> dict[str, int | float]:
    """What `python -m knowledge_base stats` tells.

    `paths_proved`: paths of items and bundles walked without a problem. `items_with_situations`: items with a question.
    `mean_questions`: expected questions, mean over the items that ask any.
    """
    proofs = _proofs(city)
    proved = [p for p in proofs if not p.problems]
    asking = [p for p in proofs if p.target in city.items and city.items[p.target].questions]
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
        "rehearsals": len(city.rehearsals),
        "rehearsal_screens": sum(len(r.screens) for r in city.rehearsals.values()),
        "materials": len(city.materials),
        "facts": len(city.facts),
        "sources": len(city.sources),
        "mean_questions": round(fmean(p.expected for p in asking), 3) if asking else 0.0,
        "mean_questions_as_written": round(fmean(p.as_written for p in asking), 3) if asking else 0.0,
        "mean_questions_bundles": _mean([p for p in proofs if p.target in city.bundles]),
        **{f"lint_{s}s": sum(1 for p in problems if p.severity is s) for s in Severity},
    }


def _mean(proofs: Sequence[Proof]) -> float:
    return round(fmean(p.expected for p in proofs), 3) if proofs else 0.0

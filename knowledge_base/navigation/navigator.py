"""Facts known so far → the next question, or the outcome. Pure: the same facts give the same answer, nothing is kept."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ..city import City
from ..outcome import AnswerOption, AskedQuestion, DroppedFact, KnownFact, Outcome, Step
from ..schema import UNKNOWN, FactValue
from . import tokens
from .bundle import bundle_outcome
from .cases import Case
from .plan import Plan, plan_bundle, plan_item
from .questions import Asked, label_of
from .render import item_outcome
from .tree import Tree

REGION = "region"
UNKNOWN_LABEL = "不清楚"


class UnknownTarget(LookupError):
    """No item or bundle has this id."""


@dataclass(frozen=True)
class Fitted:
    """Given facts against a plan: the option on each axis, axes answered with 「不知道」, what was used and what was not."""

    state: tuple[int | None, ...]
    unknown: tuple[int, ...]
    region: str | None
    known: tuple[KnownFact, ...]
    dropped: tuple[DroppedFact, ...]


class Navigator:
    """Prepares plans lazily and keeps them; holds no state of any conversation."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._plans: dict[str, Plan] = {}
        self._overviews: dict[str, Outcome] = {}
        self._trees: dict[tuple[str, tuple[int, ...]], Tree] = {}

    def plan(self, target: str) -> Plan:
        """Raises UnknownTarget."""
        if target not in self._plans:
            if target in self.city.items:
                self._plans[target] = plan_item(self.city.items[target], self.city)
            elif target in self.city.bundles:
                self._plans[target] = plan_bundle(self.city.bundles[target], self.city)
            else:
                raise UnknownTarget(target)
        return self._plans[target]

    def tree(self, plan: Plan, unknown: tuple[int, ...] = ()) -> Tree:
        if not unknown:
            return plan.tree
        key = (plan.target.id, unknown)
        if key not in self._trees:
            self._trees[key] = plan.tree.without(unknown)
        return self._trees[key]

    def step(self, target: str, facts: Mapping[str, FactValue] | None = None) -> Step:
        """The next question or the outcome. Facts that do not fit are dropped with a reason. Raises UnknownTarget."""
        plan = self.plan(target)
        fitted = self.fit(plan, facts or {})
        tree = self.tree(plan, fitted.unknown)
        axis, remaining = tree.best(fitted.state)
        question = self._question(plan, plan.asked[axis], remaining) if axis is not None else None
        return Step(
            target=target,
            target_kind="bundle" if plan.is_bundle else "item",
            title=plan.target.name,
            question=question,
            outcome=None if question else self._outcome(plan, fitted),
            facts=fitted.known,
            dropped=fitted.dropped,
            state=urlencode([(k.fact, _text(k.value)) for k in fitted.known] + [("v", self.city.digest[:8])]),
        )

    def overview(self, target: str) -> Outcome:
        """The outcome with every open question unknown: what a guide page shows before anything is asked."""
        if target not in self._overviews:
            plan = self.plan(target)
            unknown: dict[str, FactValue] = {a.fact.id: UNKNOWN for a in plan.asked}
            self._overviews[target] = self._outcome(plan, self.fit(plan, unknown, tell=False))
        return self._overviews[target]

    def fit(self, plan: Plan, facts: Mapping[str, FactValue], tell: bool = True) -> Fitted:
        """`tell` False leaves out of `known` what is unknown."""
        state: list[int | None] = [None] * len(plan.asked)
        unknown: list[int] = []
        known: list[KnownFact] = []
        dropped: list[DroppedFact] = []
        region: str | None = None
        for fact_id, value in facts.items():
            fact = self.city.facts.get(fact_id)
            if fact is None:
                dropped.append(DroppedFact(fact=fact_id, reason="没有这个问题"))
                continue
            if fact_id == REGION:
                region = self.region_code(str(value))
                if region:
                    known.append(self._known(fact_id, region))
                elif value != UNKNOWN:
                    dropped.append(DroppedFact(fact=fact_id, reason=f"没有「{value}」这个县（市）区"))
                continue
            axis = plan.axis(fact_id)
            if axis is None:
                continue
            if value == UNKNOWN:
                unknown.append(axis)
                state[axis] = 0
                if tell:
                    known.append(self._known(fact_id, UNKNOWN))
                continue
            at = plan.asked[axis].index_of(value)
            if at is None:
                dropped.append(
                    DroppedFact(
                        fact=fact_id, reason=f"「{label_of(fact, value, self.city)}」不在「{fact.label}」的选项里"
                    )
                )
                continue
            state[axis] = at
            known.append(self._known(fact_id, value))
        return Fitted(tuple(state), tuple(sorted(unknown)), region, tuple(known), tuple(dropped))

    def region_code(self, said: str) -> str | None:
        """Code of a district by code, name or alias."""
        for r in self.city.info.regions:
            if said in (r.code, r.name, *r.aliases):
                return r.code
        return None

    def _known(self, fact_id: str, value: FactValue) -> KnownFact:
        fact = self.city.facts[fact_id]
        answer = UNKNOWN_LABEL if value == UNKNOWN else label_of(fact, value, self.city)
        return KnownFact(fact=fact_id, label=fact.label, value=value, answer=answer)

    def _question(self, plan: Plan, asked: Asked, remaining: float) -> AskedQuestion:
        def option(value: FactValue, label: str, hint: str = "") -> AnswerOption:
            return AnswerOption(
                id=tokens.encode("a", plan.target.id, asked.fact.id, value), label=label, value=value, hint=hint
            )

        return AskedQuestion(
            fact=asked.fact.id,
            type=asked.fact.type,
            text=asked.text,
            why=asked.why,
            help=asked.fact.help,
            unit=asked.fact.unit,
            options=(*(option(c.value, c.label, c.hint) for c in asked.choices), option(UNKNOWN, UNKNOWN_LABEL)),
            remaining=round(remaining, 3),
        )

    def _outcome(self, plan: Plan, fitted: Fitted) -> Outcome:
        """Axes left open do not matter any more; unknown ones are walked through all their options."""
        axes = [
            range(len(plan.asked[a].choices)) if a in fitted.unknown else (s or 0,) for a, s in enumerate(fitted.state)
        ]
        cells = list(itertools.product(*axes))
        answers = [tuple(plan.asked[a].choices[cell[a]].label for a in fitted.unknown) for cell in cells]
        resolved = [plan.resolutions(cell) for cell in cells]
        shown = []
        for i, part in enumerate(plan.parts):
            cases = [
                Case(given, found) for given, r in zip(answers, resolved, strict=True) if (found := r[i]) is not None
            ]
            if not cases:
                continue
            facts = tuple(k for k in fitted.known if k.fact == REGION or k.fact in part.facts())
            shown.append((part, item_outcome(part.item, cases, self.city, fitted.region, facts, part.why)))
        if plan.is_bundle:
            return bundle_outcome(self.city.bundles[plan.target.id], shown, self.city, fitted.region, fitted.known)
        return shown[0][1]


def _text(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)

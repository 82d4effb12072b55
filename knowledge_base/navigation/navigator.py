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
from .composing import Answers, in_written_order, label, named
from .plan import Plan, plan_bundle, plan_item
from .questions import Asked, label_of
from .render import item_outcome
from .tree import Best, State, Tree

REGION = "region"
ONE_BY_ONE = "one_by_one"
"""The fact that single questions are wanted: how to ask, nothing of the matter. A city without it has no composed questions."""
UNKNOWN_LABEL = "不清楚"
COMPOSED_TEXT = "您是哪种情况？"
COMPOSED_UNKNOWN_LABEL = "不清楚，一个一个问我"


class UnknownTarget(LookupError):
    """No item or bundle has this id."""


@dataclass(frozen=True)
class Fitted:
    """Given facts against a plan: the option on each axis, axes answered with 「不知道」, what was used and what was not."""

    state: tuple[int | None, ...]
    unknown: tuple[int, ...]
    region: str | None
    one_by_one: bool
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
        best = (tree.one_by_one if fitted.one_by_one else tree).best(fitted.state)
        question = self._question(plan, fitted.state, best) if best.ask else None
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
        one_by_one = ONE_BY_ONE not in self.city.facts
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
            if fact_id == ONE_BY_ONE:
                one_by_one = value is True
                if one_by_one:
                    known.append(self._known(fact_id, value))
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
        return Fitted(tuple(state), tuple(sorted(unknown)), region, one_by_one, tuple(known), tuple(dropped))

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

    def _question(self, plan: Plan, state: State, best: Best) -> AskedQuestion:
        assert best.ask is not None
        lead = plan.asked[best.ask.axis]
        answers = [named(plan.asked, state, end) for end in in_written_order(best.ask.leads)]
        asked = list(dict.fromkeys([lead.fact.id, *(a.fact.id for option in answers for a, _ in option)]))
        whys = dict.fromkeys(plan.asked[plan.axis(f) or 0].why for f in asked)
        composed = len(asked) > 1
        unknown: dict[str, FactValue] = {ONE_BY_ONE: True} if composed else {lead.fact.id: UNKNOWN}
        return AskedQuestion(
            fact=lead.fact.id,
            facts=tuple(asked),
            type=lead.fact.type,
            text=COMPOSED_TEXT if composed else lead.text,
            why="；".join(w for w in whys if w),
            help="" if composed else lead.fact.help,
            unit=lead.fact.unit,
            options=(
                *(self._option(plan, lead, option) for option in answers),
                AnswerOption(
                    id=_token(plan, unknown),
                    label=COMPOSED_UNKNOWN_LABEL if composed else UNKNOWN_LABEL,
                    value=UNKNOWN,
                    facts=unknown,
                ),
            ),
            remaining=round(best.questions, 3),
        )

    def _option(self, plan: Plan, lead: Asked, answers: Answers) -> AnswerOption:
        facts = {asked.fact.id: choice.value for asked, choice in answers}
        return AnswerOption(
            id=_token(plan, facts),
            label=label(answers),
            value=facts[lead.fact.id],
            facts=facts,
            hint="；".join(choice.hint for _, choice in answers if choice.hint),
        )

    def _outcome(self, plan: Plan, fitted: Fitted) -> Outcome:
        """Axes left open do not matter any more; unknown ones are walked through all their options."""
        axes = [
            range(len(plan.asked[a].choices)) if a in fitted.unknown else (s or 0,) for a, s in enumerate(fitted.state)
        ]
        cells = list(itertools.product(*axes))
        answers = [tuple(plan.asked[a].choices[cell[a]].label for a in fitted.unknown) for cell in cells]
        resolved = [plan.resolutions(cell) for cell in cells]
        known = tuple(k for k in fitted.known if k.fact != ONE_BY_ONE)
        shown = []
        for i, part in enumerate(plan.parts):
            cases = [
                Case(given, found) for given, r in zip(answers, resolved, strict=True) if (found := r[i]) is not None
            ]
            if not cases:
                continue
            facts = tuple(k for k in known if k.fact == REGION or k.fact in part.facts())
            shown.append((part, item_outcome(part.item, cases, self.city, fitted.region, facts, part.why)))
        if plan.is_bundle:
            return bundle_outcome(self.city.bundles[plan.target.id], shown, self.city, fitted.region, known)
        return shown[0][1]


def _token(plan: Plan, facts: Mapping[str, FactValue]) -> str:
    return tokens.encode("a", plan.target.id, *itertools.chain(*facts.items()))


def _text(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)

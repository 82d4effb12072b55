"""Walks a conversation with the navigator as a person would; fails as soon as the flow is not where the test says."""

from collections.abc import Callable

from knowledge_base.navigation import Navigator
from knowledge_base.outcome import AnswerOption, AskedQuestion, Outcome, Step
from knowledge_base.schema import UNKNOWN, FactValue

Choose = Callable[[AskedQuestion], AnswerOption]
MOST_QUESTIONS = 30


class Flow:
    """The facts said so far, and where that leads."""

    def __init__(self, navigator: Navigator, target: str, **known: FactValue) -> None:
        self.navigator = navigator
        self.target = target
        self.facts: dict[str, FactValue] = dict(known)

    @property
    def step(self) -> Step:
        return self.navigator.step(self.target, self.facts)

    def asks(self, fact: str, *values: FactValue) -> "Flow":
        """The next question is on this fact; with `values`, these are its options, and 不清楚 after them."""
        question = self.step.question
        assert question is not None, f"{self.facts}: {fact} expected, but the flow has ended"
        assert question.fact == fact, f"{self.facts}: {fact} expected, {question.fact} was asked"
        assert question.text
        if values:
            assert [o.value for o in question.options] == [*values, UNKNOWN]
        return self

    def says(self, value: FactValue) -> "Flow":
        """Presses the option with this value."""
        question = self.step.question
        assert question is not None
        option = next((o for o in question.options if o.value == value), None)
        assert option is not None, f"no option {value} among {[o.value for o in question.options]}"
        self.facts |= option.facts
        return self

    def picks(self, *words: str) -> "Flow":
        """Presses the one option whose label holds all these words."""
        question = self.step.question
        assert question is not None
        (option,) = [o for o in question.options if all(w in o.label for w in words)]
        self.facts |= option.facts
        return self

    def ends(self) -> Outcome:
        step = self.step
        assert step.question is None, f"{self.facts}: the end expected, {step.question.fact} was asked"
        assert step.outcome is not None
        return step.outcome


def drive(
    navigator: Navigator,
    target: str,
    choose: Choose,
    known: dict[str, FactValue] | None = None,
    simple: bool = False,
) -> list[Step]:
    """Every step of a conversation to its end, answers given by `choose`. A known fact that is asked fails.

    `simple`: as a client does that knows only a question's own fact and the option's value for it.
    """
    facts = dict(known or {})
    steps = [navigator.step(target, facts)]
    while (question := steps[-1].question) is not None:
        assert not facts.keys() & set(question.facts), f"{target}: {question.facts} are known and were asked again"
        assert len(steps) < MOST_QUESTIONS, f"{target} does not end"
        option = choose(question)
        facts |= {question.fact: option.value} if simple else option.facts
        steps.append(navigator.step(target, facts))
    return steps


def facts_of(step: Step) -> dict[str, FactValue]:
    return {known.fact: known.value for known in step.facts}


def said(outcome: Outcome) -> dict[str, object]:
    """All that an outcome tells but for the order in which the facts were given."""
    told = outcome.model_dump(exclude={"facts", "situation", "parts"})
    return {**told, "situation": sorted(outcome.situation.split(" · ")), "parts": [said(p) for p in outcome.parts]}

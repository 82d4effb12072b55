"""The words of a composed question: one option names the answers that tell it apart, briefly and without doubt."""

from collections.abc import Callable, Sequence

from .questions import Asked, Choice
from .tree import State, bounds

JOIN = "，"


Answers = list[tuple[Asked, Choice]]


def named(asked: Sequence[Asked], start: State, lead: State) -> Answers:
    """The answers that an option from `start` to `lead` states, in the written order of their questions."""
    return [(a, a.choices[i]) for a, s, i in zip(asked, start, lead, strict=True) if s is None and i is not None]


def label(answers: Answers) -> str:
    return JOIN.join(choice.label for _, choice in answers)


def in_written_order(leads: Sequence[State]) -> list[State]:
    """Options that name a fact before the ones that leave it open."""
    return sorted(leads, key=lambda lead: [(i is None, i or 0) for i in lead])


def characters(asked: Sequence[Asked]) -> Callable[[State, State], int | None]:
    """Length of an option's label; None where it is too long or an answer in it does not stand by itself."""

    def count(start: State, lead: State) -> int | None:
        answers = named(asked, start, lead)
        long = len(label(answers))
        bare = any(choice.label.split(JOIN)[0] in bounds()["bare_answers"] for _, choice in answers)
        unreadable = bare or len(answers) > bounds()["composed_facts"] or long > bounds()["composed_characters"]
        return None if unreadable else long

    return count

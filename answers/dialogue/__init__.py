"""A conversation's turns: what each act does to the state, and what is said."""

from .acts import ACTS
from .flow import Said, pending_question
from .reply import Card, Option, Reply
from .state import DialogueState

__all__ = ["ACTS", "Card", "DialogueState", "Option", "Reply", "Said", "pending_question"]

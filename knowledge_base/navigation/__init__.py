"""From an item or bundle and the facts known so far to the next question or the outcome."""

from .navigator import ONE_BY_ONE, REGION, Navigator, UnknownTarget
from .plan import Plan, TooManyCombinations

__all__ = ["ONE_BY_ONE", "REGION", "Navigator", "Plan", "TooManyCombinations", "UnknownTarget"]

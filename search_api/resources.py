"""What the process holds open while it serves: opened in the lifespan, closed there."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

import httpx
from fastapi import Request

from answers.desk import Desk
from answers.dialogue import DialogueState
from knowledge_base.city import City

from .accounts import Accounts
from .database import Conversations
from .knowledge import Knowledge
from .lint_state import LintState
from .problems import ProblemError
from .settings import Settings
from .usage import Usage

LOCKS_KEPT = 10_000
REMEMBERED = 4_000
"""Fewer than Rasa's own store keeps (assistant/endpoints.yml)."""


class ConversationLocks:
    """One turn at a time in a conversation; unused locks are forgotten."""

    def __init__(self) -> None:
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()

    def of(self, conversation: str) -> asyncio.Lock:
        lock = self._locks.pop(conversation, None) or asyncio.Lock()
        self._locks[conversation] = lock
        while len(self._locks) > LOCKS_KEPT:
            oldest, waiting = next(iter(self._locks.items()))
            if waiting.locked():
                break
            del self._locks[oldest]
        return lock


class Seen:
    """The conversations of late that our Rasa has led."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def seen(self, conversation: str) -> bool:
        """Whether it was asked about before; it is from now on."""
        known = conversation in self._seen
        self._seen[conversation] = None
        self._seen.move_to_end(conversation)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return known

    def forget(self, conversation: str) -> None:
        self._seen.pop(conversation, None)

    def clear(self) -> None:
        self._seen.clear()


@dataclass
class Resources:
    """`desk` is None while the index is not there; `assistant_ready` is kept by a watcher in the lifespan."""

    settings: Settings
    knowledge: Knowledge
    conversations: Conversations
    accounts: Accounts
    usage: Usage
    http: httpx.AsyncClient
    turns_at_once: asyncio.Semaphore
    index_problem: str = ""
    assistant_ready: bool = False
    locks: ConversationLocks = field(default_factory=ConversationLocks)
    assistant_knows: Seen = field(default_factory=Seen)
    lint: LintState = field(default_factory=LintState)

    @cached_property
    def searches(self) -> asyncio.Semaphore:
        """As many as compute together: the others wait here, and not each in a thread that is woken to wait again."""
        return asyncio.Semaphore(self.desk.index.at_once if self.desk else 1)

    @property
    def city(self) -> City:
        """All that is published; `in_force` is what may be shown today."""
        return self.knowledge.city

    @property
    def in_force(self) -> City:
        return self.knowledge.in_force

    @property
    def desk(self) -> Desk | None:
        return self.knowledge.desk

    def state(self, conversation: str) -> DialogueState:
        """What a conversation has come to."""
        return self.still_served(self.conversations.state(conversation))

    def still_served(self, state: DialogueState) -> DialogueState:
        """A matter that is no longer served is not spoken of any more."""
        if state.target and (desk := self.desk) and not desk.title(state.target):
            return state.model_copy(update={"target": None, "pending": None})
        return state


# Coroutines, though they wait for nothing: FastAPI would send each plain function to a thread of its own.


async def resources(request: Request) -> Resources:
    found: Resources = request.app.state.resources
    return found


async def desk(request: Request) -> Desk:
    """Raises a 503 problem while there is no index."""
    held = (await resources(request)).desk
    if held is None:
        raise ProblemError(503, "搜索正在准备中，请稍后再试。", {"Retry-After": "5"})
    return held


async def city(request: Request) -> City:
    """What may be shown today."""
    return (await resources(request)).in_force

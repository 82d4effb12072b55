"""Acts of the dialogue as Rasa actions, and the product's reply as messages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Dict, List, Optional, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from assistant.actions.client import Reply, ask_product

UNAVAILABLE = "unavailable"
MIRRORED = ("has_target", "pending")
# What is said before and after an outcome's own words, by the value that is there: value → (response, outcomes whose
# own words say it already). A response falls away with its value.
BEFORE: Dict[str, Tuple[str, Tuple[str, ...]]] = {
    "region": ("utter_region_now", ("region_changed",)),
    "changed": ("utter_fact_changed", ("fact_changed",)),
    "back": ("utter_went_back", ("went_back",)),
    "meant": ("utter_taken_as", ()),
    "opening": ("utter_understood", ("guide_ready", "bundle_ready", "other_item")),
}
AFTER: Dict[str, Tuple[str, Tuple[str, ...]]] = {
    "source": ("utter_source", ()),
    "ask_region": ("utter_ask_region", ()),
    "question": ("utter_pending_reminder", ("ask_fact", "pending_reminder")),
}


class ActOfDialogue(Action, ABC):
    """`act` is the product's name for what the person is doing; the action is called `action_<act>`."""

    @property
    @abstractmethod
    def act(self) -> str:
        """One of the acts in docs/architecture.md."""

    def name(self) -> str:
        return f"action_{self.act}"

    def more(self, tracker: Tracker) -> Dict[str, Any]:
        """Further fields of the request, which depend on the act."""
        return {}

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> List[EventType]:
        reply = await ask_product(
            {
                "conversation": tracker.sender_id,
                "act": self.act,
                "text": said(tracker),
                "slots": {name: tracker.get_slot(name) for name in MIRRORED},
                **self.more(tracker),
            }
        )
        speak(dispatcher, reply or Reply(UNAVAILABLE))
        # The product has decided: nothing is left for a policy to predict, and the slots may have changed under its rule.
        return [*mirror(reply), FollowupAction("action_listen")]


def said(tracker: Tracker) -> str:
    """The person's words; for an answer that the gateway sends as an intent, the words inside it."""
    return entity(tracker, "text") or tracker.latest_message.get("text") or ""


def entity(tracker: Tracker, name: str) -> str:
    """The value of an entity of the latest message; "" when there is none."""
    return str(next(tracker.get_latest_entity_values(name), ""))


def mirror(reply: Optional[Reply]) -> List[EventType]:
    """Slot events for what Rasa's rules look at; nothing changes when the product did not answer."""
    return [SlotSet(name, bool(reply.slots[name])) for name in MIRRORED if reply and name in reply.slots]


def speak(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """The outcome's words from the domain, then each card, then the options."""
    # `v_` because `text`, `image`, `buttons` … are Rasa's own names in a message.
    values = {f"v_{name}": _plain(value) for name, value in reply.values.items()}
    for response in _around(BEFORE, reply):
        dispatcher.utter_message(response=response, **values)
    dispatcher.utter_message(response=f"utter_{reply.outcome}", **values)
    for card in reply.cards:
        dispatcher.utter_message(json_message={name: value for name, value in card.items() if value is not None})
    for response in _around(AFTER, reply):
        dispatcher.utter_message(response=response, **values)
    if reply.options:
        dispatcher.utter_message(json_message={"type": "options", "options": reply.options})


def _around(table: Dict[str, Tuple[str, Tuple[str, ...]]], reply: Reply) -> List[str]:
    present = {name for name, value in reply.values.items() if value}
    if "region" in present:  # which district it is now says what has changed
        present.discard("changed")
    return [response for name, (response, told) in table.items() if name in present and reply.outcome not in told]


def _plain(value: Any) -> str:
    """As text; Rasa leaves a template unfilled when a value holds "0[", so that bracket becomes a full-width one."""
    return "" if value is None else str(value).replace("0[", "0［")

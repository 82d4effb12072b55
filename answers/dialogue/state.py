"""What a conversation has come to: the product's own state, kept in the database, read back after a reload."""

from pydantic import BaseModel, ConfigDict

from knowledge_base.schema import FactValue


class DialogueState(BaseModel):
    """`order`: facts in the order they became known, for 「上一步」. `words`: what each fact was read from.
    `offered`: candidate targets that are waiting to be chosen from, `offered_text` what was asked then. `visited`: targets that it has been
    about."""

    model_config = ConfigDict(extra="ignore")

    target: str | None = None
    facts: dict[str, FactValue] = {}
    words: dict[str, str] = {}
    order: list[str] = []
    pending: str | None = None
    offered: list[str] = []
    offered_text: str = ""
    visited: list[str] = []

    def with_facts(self, found: dict[str, tuple[FactValue, str]]) -> "DialogueState":
        """Adds or replaces facts; the others stay."""
        return self.model_copy(
            update={
                "facts": {**self.facts, **{f: v for f, (v, _) in found.items()}},
                "words": {**self.words, **{f: w for f, (_, w) in found.items()}},
                "order": [*(f for f in self.order if f not in found), *found],
            }
        )

    def without_fact(self, fact: str) -> "DialogueState":
        return self.model_copy(
            update={
                "facts": {f: v for f, v in self.facts.items() if f != fact},
                "words": {f: w for f, w in self.words.items() if f != fact},
                "order": [f for f in self.order if f != fact],
            }
        )

    def about(self, target: str) -> "DialogueState":
        """Another matter: facts of the person and the city (region, audience …) stay, the questions settle what fits."""
        return self.model_copy(update={"target": target, "pending": None, "offered": [], "offered_text": ""})

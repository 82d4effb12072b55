"""What a conversation has come to: the product's own state, kept in the database, read back after a reload."""

from pydantic import BaseModel, ConfigDict

from knowledge_base.schema import FactValue


class DialogueState(BaseModel):
    """`told`: facts in the order they became known, those of one answer together, for 「上一步」. `words`: what each was
    read from. `offered`: candidate targets that are waiting to be chosen from, `offered_text` what was asked then.
    `visited`: targets that it has been about."""

    model_config = ConfigDict(extra="ignore")

    target: str | None = None
    facts: dict[str, FactValue] = {}
    words: dict[str, str] = {}
    told: list[list[str]] = []
    pending: str | None = None
    offered: list[str] = []
    offered_text: str = ""
    visited: list[str] = []

    def with_facts(self, found: dict[str, tuple[FactValue, str]]) -> "DialogueState":
        """Adds or replaces facts; the others stay."""
        before = [[f for f in told if f not in found] for told in self.told]
        return self.model_copy(
            update={
                "facts": {**self.facts, **{f: v for f, (v, _) in found.items()}},
                "words": {**self.words, **{f: w for f, (_, w) in found.items()}},
                "told": [told for told in (*before, list(found)) if told],
            }
        )

    def without_fact(self, fact: str) -> "DialogueState":
        return self.model_copy(
            update={
                "facts": {f: v for f, v in self.facts.items() if f != fact},
                "words": {f: w for f, w in self.words.items() if f != fact},
                "told": [kept for told in self.told if (kept := [f for f in told if f != fact])],
            }
        )

    def about(self, target: str) -> "DialogueState":
        """Another matter: facts of the person and the city (region, audience …) stay, the questions settle what fits."""
        return self.model_copy(update={"target": target, "pending": None, "offered": [], "offered_text": ""})

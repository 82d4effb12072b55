"""Documents that go with another one, each with the reason."""

from __future__ import annotations

from datetime import date

from .encoder import Encoder
from .engine import Engine
from .models import Document, Related
from .ranking import Ranking
from .reranking import served
from .search import candidates_of
from .wording import Wording

_POOL = 40
_SHARED = 40.0


def related(
    identifier: str,
    limit: int,
    day: date,
    engine: Engine,
    encoder: Encoder | None,
    ranking: Ranking,
    wording: Wording,
) -> list[Related]:
    """By likeness to the document's title, raised by shared life events and topics."""
    source = engine.documents([identifier]).get(identifier)
    if source is None:
        return []
    _, found = candidates_of(source.title, engine, encoder, ranking, wording)
    scores = {c.document: c.fused for c in found[: _POOL + 1] if c.document != identifier}
    documents = engine.documents(list(scores))
    facts = engine.facts(list(scores))
    ranked = []
    for other, score in scores.items():
        if other in documents and served(facts[other], day):
            why, bonus = _reason(source, documents[other])
            ranked.append((score + bonus, other, why))
    ranked.sort(key=lambda entry: (-entry[0], entry[1]))
    return [Related(o, documents[o].kind, documents[o].title, why) for _, o, why in ranked[:limit]]


def _reason(source: Document, other: Document) -> tuple[str, float]:
    events = [e for e in source.life_events if e in other.life_events]
    if events:
        return f"同属「{events[0]}」", _SHARED
    topics = [t for t in source.topics if t in other.topics]
    if topics:
        return f"同一主题：{topics[0]}", _SHARED / 4
    if source.department and source.department == other.department:
        return f"同由{source.department}办理", 0.0
    return "内容相近", 0.0

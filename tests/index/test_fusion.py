"""Two legs' scores → one."""

import pytest

from index import Index, fusion, opening, wording
from index.engine import Filter
from index.fusion import Leg, fuse, trust
from index.query import Query, hear, understand


def asked(index: Index, text: str) -> Query:
    ranking, words = opening.ranking(), wording.default()
    return understand(hear(text, ranking, words), index._engine, ranking, words)


@pytest.mark.parametrize("share", [0.05, 0.6, 1.0, 3.0])
def test_words_tell_less_where_even_the_best_document_has_little_of_the_query(searched: Index, share: float) -> None:
    ranking = opening.ranking()
    weights = ranking.fusion
    best = weights.sure_from * share
    words = {"all": Leg(0, best, 1), "half": Leg(0, best / 2, 2)}
    trusted = trust(asked(searched, "身份证丢了怎么办"), words, ranking)
    assert trusted == pytest.approx(min(1.0, max(weights.weak, share)))
    fused = {c.document: c.fused for c in fuse(words, {"all": Leg(0, 0.3, 1)}, ranking, trusted)}
    assert fused["half"] == pytest.approx(weights.lexical * trusted * best / 2)
    assert fused["all"] == pytest.approx(weights.lexical * trusted * best + weights.dense * 0.3)


def test_numbers_are_found_by_words_however_rare(searched: Index) -> None:
    words, ranking = {"a": Leg(0, 1.0, 1)}, opening.ranking()
    assert trust(asked(searched, "国发〔2014〕47号"), words, ranking) == 1.0
    assert trust(asked(searched, "2024年的新规定怎么说的来着是不是变了"), words, ranking) == ranking.fusion.weak


def test_without_words_meaning_alone_ranks() -> None:
    ranking = opening.ranking()
    found = fuse({}, {"far": Leg(0, 0.4, 2), "near": Leg(0, 0.8, 1)}, ranking)
    assert [(c.document, c.lexical) for c in found] == [("near", None), ("far", None)]


@pytest.mark.parametrize("text", ["结昏登记", "身分证丢了", "jiehun dengji"])
def test_wordings_looked_for_apart_find_what_they_find_together(searched: Index, text: str) -> None:
    query, ranking, engine = asked(searched, text), opening.ranking(), searched._engine
    encoder = searched._encoder
    assert encoder is not None
    vectors = encoder.queries(query.variants)
    assert len(vectors) > 1 or query.letters
    together = fusion.retrieve(query, vectors, engine, ranking, Filter())
    one, other = (fusion.by_meaning(part, engine, ranking, Filter()) for part in (vectors[:1], vectors[-1:]))
    found = fusion.Found(fusion.by_words(query, engine, ranking, Filter()), fusion.nearest(one, other, ranking))
    assert fusion.retrieve(query, vectors, engine, ranking, Filter(), found) == together

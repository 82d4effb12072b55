"""Two legs' scores → one."""

import pytest

from index import Index, fusion, opening, wording
from index.engine import Filter, UnitHit
from index.fusion import Leg, fuse, supported, trust
from index.query import Query, hear, understand
from index.search import candidates_of


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
    assert trusted == pytest.approx(max(weights.weak, weights.sure * min(1.0, share)))
    fused = {c.document: c.fused for c in fuse(words, {"all": Leg(0, 0.3, 1)}, ranking, trusted)}
    assert fused["half"] == pytest.approx(trusted * best / 2)
    assert fused["all"] == pytest.approx(trusted * best + weights.dense * 0.3)


def test_numbers_are_found_by_words_however_rare(searched: Index) -> None:
    words, ranking = {"a": Leg(0, 1.0, 1)}, opening.ranking()
    assert trust(asked(searched, "国发〔2014〕47号"), words, ranking) == 1.0
    assert trust(asked(searched, "2024年的新规定怎么说的来着是不是变了"), words, ranking) == ranking.fusion.weak


def test_without_words_meaning_alone_ranks() -> None:
    ranking = opening.ranking()
    found = fuse({}, {"far": Leg(0, 0.4, 2), "near": Leg(0, 0.8, 1)}, ranking)
    assert [(c.document, c.lexical) for c in found] == [("near", None), ("far", None)]


def test_several_near_sentences_tell_more_than_one_that_happens_to_be() -> None:
    ranking = opening.ranking()
    weights = ranking.fusion
    near = [0.9 - weights.reach * share for share in (0.0, 0.1, 0.2, 0.3, 0.4, 2.0)]
    owners = ["one", "many", "many", "many", "one", "one"]
    found = supported([UnitHit(d, n, score) for n, (d, score) in enumerate(zip(owners, near, strict=True))], ranking)
    assert (found["one"].score, found["many"].score) == (near[0], near[1])
    within = [weights.reach * share for share in (0.8, 0.7)]
    assert found["many"].support == pytest.approx(weights.support * sum(within) / weights.following)
    assert found["one"].support == pytest.approx(weights.support * weights.reach * 0.6 / weights.following)
    assert fuse({}, found, ranking)[0].document == "many"


@pytest.mark.parametrize("text", ["结昏登记", "身分证丢了", "jiehun dengji"])
def test_wordings_looked_for_apart_find_what_they_find_together(searched: Index, text: str) -> None:
    query, ranking, engine = asked(searched, text), opening.ranking(), searched._engine
    encoder = searched._encoder
    assert encoder is not None
    vectors = encoder.queries([*([] if query.letters else [query.core]), *query.wordings])
    assert len(vectors) > 1 or query.letters
    together = fusion.retrieve(query, vectors, engine, ranking, Filter())
    one, other = (fusion.by_meaning(part, engine, ranking, Filter()) for part in (vectors[:1], vectors[-1:]))
    found = fusion.Found(fusion.by_words(query, engine, ranking, Filter()), fusion.nearest(one, other, ranking))
    assert fusion.retrieve(query, vectors, engine, ranking, Filter(), found) == together


def test_what_was_surely_meant_is_searched_in_place_of_what_was_typed(searched: Index) -> None:
    ranking, words, engine, encoder = opening.ranking(), wording.default(), searched._engine, searched._encoder
    assert encoder is not None
    query, candidates = candidates_of("擎问公鸡金怎么题取", engine, encoder, ranking, words)
    assert query.instead
    assert query.repaired == query.meant == "公积金怎么提取"
    _, as_meant = candidates_of("公积金怎么提取", engine, encoder, ranking, words)
    cosines = {c.document: c.dense.score for c in as_meant if c.dense}
    shared = [c for c in candidates if c.dense and c.document in cosines]
    assert len(shared) > 10
    assert all(c.dense.score == pytest.approx(cosines[c.document], abs=1e-4) for c in shared if c.dense)
    found = searched.search("擎问公鸡金怎么题取", limit=1)
    assert found.signals["cosine"] == pytest.approx(
        searched.search("公积金怎么提取", limit=1).signals["cosine"], abs=1e-4
    )
    assert not understand(hear("公积金怎么提取", ranking, words), engine, ranking, words, encoder.corrector).instead

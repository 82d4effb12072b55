"""Two legs' scores → one."""

import pytest

from index import opening
from index.fusion import Leg, fuse


@pytest.mark.parametrize("share", [0.05, 0.6, 1.0, 3.0])
def test_words_tell_less_where_even_the_best_document_has_little_of_the_query(share: float) -> None:
    ranking = opening.ranking()
    weights = ranking.fusion
    best = weights.sure_from * share
    words = {"all": Leg(0, best, 1), "half": Leg(0, best / 2, 2)}
    fused = {c.document: c.fused for c in fuse(words, {"all": Leg(0, 0.3, 1)}, ranking)}
    trust = min(1.0, max(weights.weak, share))
    assert fused["half"] == pytest.approx(weights.lexical * trust * best / 2)
    assert fused["all"] == pytest.approx(weights.lexical * trust * best + weights.dense * 0.3)


def test_without_words_meaning_alone_ranks() -> None:
    ranking = opening.ranking()
    found = fuse({}, {"far": Leg(0, 0.4, 2), "near": Leg(0, 0.8, 1)}, ranking)
    assert [(c.document, c.lexical) for c in found] == [("near", None), ("far", None)]

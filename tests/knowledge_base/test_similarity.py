"""Variety is real: no guide is another with names swapped, no reason and no phrasing a copy. The measure itself is tested too."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.city import City
from knowledge_base.in_force import today
from knowledge_base.lint.context import Context, load_thresholds
from knowledge_base.lint.faqs import main_noun
from knowledge_base.lint.rehearsals import similarities as rehearsal_similarities
from knowledge_base.lint.similarity import bare, bigrams, jaccard, near_pairs
from knowledge_base.lint.texts import item_similarities, own_text

texts = st.lists(st.text(alphabet="灯塔夜航船", min_size=1, max_size=8), max_size=8)


@pytest.fixture(scope="module")
def context(city: City) -> Context:
    return Context(city, load_thresholds(), today())


def test_no_guide_is_another_with_names_swapped(context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = sorted(item_similarities(context, 0.1), key=lambda p: -p[2])
    with capsys.disabled():
        print("\nmost alike guides:", [(a, b, round(score, 2)) for a, b, score in pairs[:3]])
    assert [p for p in pairs if p[2] >= context.limits.item_near] == []


def test_no_rehearsal_is_another_with_names_swapped(context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = sorted(rehearsal_similarities(context, 0.02), key=lambda p: -p[2])
    with capsys.disabled():
        print("\nmost alike rehearsals:", [(a, b, round(score, 2)) for a, b, score in pairs[:3]])
    assert [p for p in pairs if p[2] >= context.limits.rehearsal_clone] == []


def test_hints_of_rehearsals_are_their_own(context: Context) -> None:
    """A hint may serve twice where the same thing is asked; most are written for their form."""
    hints = [bare(f.hint) for r in context.city.rehearsals.values() for s in r.screens for f in s.fields]
    assert len(set(hints)) / len(hints) > 0.95


def test_reasons_of_materials_are_their_own(context: Context) -> None:
    reasons: dict[str, set[str]] = {}
    for key, item in context.city.items.items():
        for details in (item, *item.handling_items):
            for use in details.materials:
                reasons.setdefault(bare(use.reason), set()).add(key)
    assert {r: k for r, k in reasons.items() if len(k) >= context.limits.reason_repeated} == {}
    assert len(reasons) / sum(len(k) for k in reasons.values()) > 0.95


def test_phrasings_are_not_each_other(context: Context) -> None:
    spoken = [(key, faq.question) for key, faq in context.city.faqs.items()]
    spoken += [(key, text) for _, key, record in context.records for text in getattr(record, "phrasings", ())]
    near = [
        (spoken[a], spoken[b], s) for a, b, s in near_pairs([bare(t) for _, t in spoken], context.limits.phrasing_near)
    ]
    assert [pair for pair in near if pair[0][0] != pair[1][0]] == []


def test_at_most_a_third_of_the_phrasings_share_the_main_noun(context: Context) -> None:
    for key, faq in context.city.faqs.items():
        noun = main_noun(context, faq)
        sharing = sum(1 for p in faq.phrasings if noun and noun in p)
        assert sharing <= len(faq.phrasings) / 3 + 1e-9, (key, noun)


def test_the_main_noun_is_found(context: Context) -> None:
    found = [main_noun(context, faq) for faq in context.city.faqs.values()]
    assert sum(1 for noun in found if noun) / len(found) > 0.8
    assert all(len(noun) != 1 for noun in found)


def test_names_are_taken_out_before_guides_are_compared(context: Context) -> None:
    item = context.city.items["resident-id-card"]
    assert bare(item.name) not in own_text(item)
    renamed = item.model_copy(update={"name": "渔船登记", "summary": item.summary.replace(item.name, "渔船登记")})
    assert jaccard(bigrams(own_text(item)), bigrams(own_text(renamed))) > context.limits.item_clone


@given(texts, st.sampled_from([0.2, 0.5, 0.9, 1.0]))
def test_the_inverted_index_finds_exactly_the_near_pairs(words: list[str], threshold: float) -> None:
    grams = [bigrams(w) for w in words]
    every = {(a, b) for a, b in combinations(range(len(words)), 2) if jaccard(grams[a], grams[b]) >= threshold}
    assert {(a, b) for a, b, _ in near_pairs(words, threshold)} == every

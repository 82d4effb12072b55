"""How alike two texts are: Jaccard over character bigrams, computed only for pairs that share some."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

_NOISE = re.compile(r"[^\u3400-\u9fffA-Za-z]+")


def bare(text: str) -> str:
    """Only characters and letters, in lower case: no digits, no punctuation."""
    return _NOISE.sub("", text).lower()


def bigrams(text: str) -> frozenset[str]:
    """Bigrams of bare text; a single character stands for itself."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset([text] if text else [])


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def near_pairs(texts: Sequence[str], threshold: float) -> Iterator[tuple[int, int, float]]:
    """Pairs (first < second, similarity) of bare texts with similarity ≥ threshold > 0, by an inverted index."""
    having: dict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for i, text in enumerate(texts):
        grams = bigrams(text)
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(having[gram])
        for j, common in shared.items():
            score = common / (len(grams) + sizes[j] - common)
            if score >= threshold:
                yield j, i, score
        for gram in grams:
            having[gram].append(i)
        sizes.append(len(grams))

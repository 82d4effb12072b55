"""Varied text of service guides: titles, other names, questions and passages that nobody wrote, made from the words of a
corpus and of what follows what in it. No two alike but where districts keep the same item: the share that are is measured
and told.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from index import analysis
from index.models import Document, Section
from index.units import NAMES, pieces

END = ""
LONGEST_SENTENCE = 40
KINDS = ("item", "item", "item", "faq", "faq", "policy", "material", "place", "bundle")
DEPARTMENTS = 24
CITY = "210800"
REGIONS = ("210802", "210803", "210804", "210811", "210881", "210882")
ROLES = ("condition", "material", "step", "fee", "text")
OPENINGS = ("", "", "", "请问", "我想问一下", "怎么办理", "如何申请", "办")
LABEL = re.compile(r"\w{1,4}：|")
ENDINGS = ("", "", "", "要什么材料", "去哪里办", "多久能办好", "需要多少钱", "流程是什么")


class Words:
    """What follows what, counted over sentences of a corpus: a walk over it is text of the same words and joints."""

    def __init__(self, texts: Iterable[str]) -> None:
        following: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            for sentence in analysis.runs(analysis.fold(text)):
                cut = analysis.words(sentence)
                if len(cut) > 1:
                    for word, after in pairwise([END, *cut, END]):
                        following[word].append(after)
        self._following = dict(following)
        counted = sorted((word, len(after)) for word, after in following.items())
        self.digest = hashlib.blake2b(repr(counted).encode(), digest_size=8).hexdigest()
        """Of the words and how often each stands: text made of other ones is another corpus."""
        self.names = sorted({w for w in following if len(w) > 1 and analysis.has_han(w)})

    def sentence(self, chance: random.Random, most: int = LONGEST_SENTENCE) -> str:
        """A walk from a beginning; now and then it goes on after any word, so that it does not repeat what was written."""
        said, word = "", END
        while len(said) < most:
            word = chance.choice(self._following[word]) if chance.random() > 0.12 else chance.choice(self.names)
            if word == END:
                if len(said) > 3:
                    break
                continue
            said += word
        return said[:most]

    def name(self, chance: random.Random) -> str:
        return "".join(chance.sample(self.names, 2)) + self.sentence(chance, 8)

    def text(self, like: str, chance: random.Random, stop: str = "。") -> str:
        """As long as that one, and with its label (材料：, 费用：), which says the same in every item."""
        label = LABEL.match(like)
        said = label.group() if label else ""
        while len(said) < len(like):
            said += self.sentence(chance, min(LONGEST_SENTENCE, len(like) - len(said)))
            said += stop if len(said) < len(like) else ""
        return said


class Guides:
    """Documents by number: the same number is the same document, whoever asks and whenever."""

    def __init__(self, words: Words, seed: int) -> None:
        self._words = words
        self._seed = seed

    def document(self, number: int) -> Document:
        """About as many names and passages, and as long, as a record of the bundled content has."""
        words, chance = self._words, random.Random(self._seed * 1_000_003 + number)
        title = words.name(chance)
        sections = [
            Section(f"q{i}", "question", words.sentence(chance, 18) + "吗") for i in range(chance.randint(1, 3))
        ]
        for role in chance.sample(ROLES, 3):
            passage = "。".join(words.sentence(chance) for _ in range(chance.choice((1, 1, 2, 3)))) + "。"
            sections.append(Section(role, role, passage))
        return Document(
            id=f"bench-{number}",
            kind=chance.choice(KINDS),
            title=title,
            summary=words.sentence(chance) + "。",
            sections=tuple(sections),
            regions=tuple(chance.sample(REGIONS, chance.randint(0, 2))),
            audiences=(chance.choice(("person", "business")),),
            department=f"第{number % DEPARTMENTS}局",
            aliases=tuple(words.name(chance) for _ in range(chance.randint(1, 3))),
            popularity=round(chance.random(), 3),
        )

    def query(self, number: int, documents: int) -> str:
        """What somebody may type or say who looks for one of so many documents; no two numbers ask the same."""
        chance = random.Random(self._seed * 7_919 + number)
        wanted = self.document(chance.randrange(documents))
        source = chance.choice((wanted.title, *wanted.aliases, wanted.summary, wanted.sections[0].text))
        start = chance.randrange(max(1, len(source) - 12))
        return chance.choice(OPENINGS) + source[start : start + chance.randint(4, 16)] + chance.choice(ENDINGS)

    def near(self, number: int) -> str | None:
        """The district of whoever asks that query, where it is known."""
        return None


class Items(Guides):
    """Whole service items: each with as many names and sections, of the same roles and lengths, as one of `real`. Some come
    in runs of one name: the city's own, then each district's."""

    def __init__(self, words: Words, seed: int, real: Sequence[Document], plan: Mapping[str, float]) -> None:
        """`plan` is `items` of search.yaml."""
        super().__init__(words, seed)
        self._real = real
        self._plan = plan
        self._keepers = (CITY, *REGIONS)[: int(plan["keepers"])]

    def document(self, number: int) -> Document:
        run, keeper = divmod(number, len(self._keepers))
        shared = random.Random(f"{self._seed} run {run}").random() < self._plan["shared"]
        same = random.Random(f"{self._seed} item {run * len(self._keepers) if shared else number}")
        own = random.Random(f"{self._seed} own {number}")
        real, words = same.choice(self._real), self._words

        def told(section: Section) -> str:
            stop = "" if section.role in NAMES else "。"
            text = words.text(section.text, same, stop)
            return words.text(section.text, own, stop) if shared and own.random() < self._plan["own"] else text

        return Document(
            id=f"bench-{number}",
            kind="item",
            title=words.name(same),
            aliases=tuple(words.text(alias, same, "") for alias in real.aliases),
            summary=words.text(real.summary, same),
            sections=tuple(Section(s.id, s.role, told(s)) for s in real.sections),
            regions=(self._keepers[keeper],) if shared else (CITY, *REGIONS),
            audiences=real.audiences,
            topics=real.topics,
            life_events=real.life_events,
            department=f"第{number % DEPARTMENTS}局",
            popularity=round(same.random(), 3),
        )

    def near(self, number: int) -> str | None:
        chance = random.Random(f"{self._seed} near {number}")
        return chance.choice(REGIONS) if chance.random() < self._plan["near"] else None


def documents_with(guides: Guides, sections: int, cut: int) -> Iterator[Document]:
    """Documents until they hold so many units of at most `cut` characters."""
    number = held = 0
    while held < sections:
        document = guides.document(number)
        held += len(pieces(document, cut))
        number += 1
        yield document


def clone_rates(texts: Sequence[str], near: float = 0.8) -> dict[str, float]:
    """Share of texts that another equals, and of those that another nearly equals (Jaccard of pairs of characters of at
    least `near`; compared within texts that share their rarest pairs)."""
    seen: dict[str, int] = defaultdict(int)
    for text in texts:
        seen[text] += 1
    pairs = [frozenset(a + b for a, b in pairwise(t)) for t in texts]
    count: dict[str, int] = defaultdict(int)
    for found in pairs:
        for pair in found:
            count[pair] += 1
    held: dict[str, list[int]] = defaultdict(list)
    like = 0
    for row, found in enumerate(pairs):
        rare = sorted(found, key=lambda p: (count[p], p))[: max(1, len(found) // 4)]
        others = {other for pair in rare for other in held[pair][-50:]}
        like += any(len(found & pairs[o]) >= near * len(found | pairs[o]) for o in others)
        for pair in rare:
            held[pair].append(row)
    total = max(1, len(texts))
    return {
        "equal": sum(n - 1 for n in seen.values()) / total,
        "near": like / total,
    }

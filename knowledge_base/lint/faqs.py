"""Questions in people's words, and answers that must not contradict a guide."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from ..schema import Faq
from ..yaml_reader import Steps
from .context import Context, Finding, Findings
from .similarity import bare, near_pairs


def _phrasings(context: Context) -> Iterator[tuple[str, str, Steps, str]]:
    """Questions, and whatever people ask for a record by."""
    for folder, key, record in context.records:
        if isinstance(record, Faq):
            yield folder, key, ("question",), record.question
        for i, text in enumerate(getattr(record, "phrasings", ())):
            yield folder, key, ("phrasings", i), text


def phrasings_few(context: Context) -> Findings:
    for key, faq in context.city.faqs.items():
        if len(faq.phrasings) < context.limits.phrasings_wanted:
            yield Finding(
                "faqs",
                key,
                ("phrasings",),
                f"只有 {len(faq.phrasings)} 种问法，请写到 {context.limits.phrasings_wanted} 种以上",
            )


def phrasing_twice(context: Context) -> Findings:
    owner: dict[str, str] = {}
    for folder, key, path, text in _phrasings(context):
        plain = text.strip("？?。！! ")
        if plain in owner:
            whose = "本条" if owner[plain] == key else owner[plain]
            yield Finding(folder, key, path, f"问法「{text}」在{whose}里已经有了，请换一种说法")
        owner.setdefault(plain, key)


def phrasing_near(context: Context) -> Findings:
    found = list(_phrasings(context))
    for a, b, score in near_pairs([bare(text) for *_, text in found], context.limits.phrasing_near):
        (_, first, _, like), (folder, key, path, text) = found[a], found[b]
        if text.strip("？?。！! ") != like.strip("？?。！! "):
            yield Finding(folder, key, path, f"问法「{text}」和 {first} 的「{like}」太像（{score:.2f}），请换一种说法")


def main_noun(context: Context, faq: Faq) -> str:
    """The longest piece of the question (2 characters or more) that also stands in an official name, "" for none.

    Names are those of the FAQ's items and their handling items, else of all items; and of all materials. Words of
    `generic_words` are taken out of the question first: they stand in any question.
    """
    items = [context.city.items[name] for name in faq.items if name in context.city.items]
    names = tuple(n for item in items for n in (item.name, *(h.name for h in item.handling_items)))
    others = (context.material_names,) if items else (context.material_names, context.item_names)
    return _longest_piece(faq.question, names, others, context.limits.generic_words)


@lru_cache(maxsize=4096)
def _longest_piece(question: str, names: tuple[str, ...], others: tuple[str, ...], generic: tuple[str, ...]) -> str:
    for word in generic:
        question = question.replace(word, "\n")
    joined = "\t".join((*names, *others))
    pieces = (line[a:b] for line in question.split("\n") for a, b in combinations(range(len(line) + 1), 2) if b - a > 1)
    return max((p for p in pieces if bare(p) == p and p in joined), key=len, default="")


def title_noun(context: Context) -> Findings:
    """Phrasings are what people say, not the title again."""
    for key, faq in context.city.faqs.items():
        noun = main_noun(context, faq)
        sharing = [text for text in faq.phrasings if noun in text] if noun else []
        if len(sharing) > context.limits.title_noun_share * len(faq.phrasings):
            yield Finding(
                "faqs",
                key,
                ("phrasings",),
                f"{len(faq.phrasings)} 种问法里有 {len(sharing)} 种都带「{noun}」，至多三分之一；请换成人们平时的说法",
            )


def answer_length(context: Context) -> Findings:
    shortest, longest = context.limits.answer_shortest, context.limits.answer_longest
    for key, faq in context.city.faqs.items():
        if not shortest <= len(faq.answer) <= longest:
            yield Finding(
                "faqs", key, ("answer",), f"回答有 {len(faq.answer)} 个字，应在 {shortest} 到 {longest} 字之间"
            )


def faq_alone(context: Context) -> Findings:
    for key, faq in context.city.faqs.items():
        if not faq.items and not faq.topics:
            yield Finding("faqs", key, (), "没有写 items 也没有写 topics，找不到它属于哪件事")

"""What maintainers say of the search points to what there is, and says it once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ..city import Entity
from ..in_force import in_force
from ..schema import Curation
from ..touching import records_with
from ..yaml_reader import Steps
from .context import Context, Finding, Findings


def bare(text: str) -> str:
    """Letters and digits only, lower case."""
    return "".join(c for c in text.lower() if c.isalnum())


def _found(context: Context) -> Mapping[str, Entity]:
    return {entity.id: entity for _, entity in context.city.entities()}


def _pointed(curation: Curation) -> Iterator[tuple[Steps, str]]:
    for name in ("pinned", "excluded"):
        for i, id_ in enumerate(getattr(curation, name)):
            yield (name, i), id_


def unknown_record(context: Context) -> Findings:
    found = _found(context)
    for key, curation in context.city.curations.items():
        for path, id_ in _pointed(curation):
            if id_ not in found:
                yield Finding("curations", key, path, f"没有编号是「{id_}」的内容，请核对或删掉")


def record_expired(context: Context) -> Findings:
    found = _found(context)
    for key, curation in context.city.curations.items():
        for path, id_ in _pointed(curation):
            if id_ in found and not in_force(found[id_].validity, context.today):
                yield Finding("curations", key, path, f"「{id_}」今天不在有效期内，不会显示，请换一条或删掉")


def idle(context: Context) -> Findings:
    """A record that says nothing, or twice the opposite."""
    for key, curation in context.city.curations.items():
        if not curation.pinned and not curation.excluded:
            yield Finding("curations", key, (), "没有写置顶什么或不显示什么")
        for i, id_ in enumerate(curation.excluded):
            if id_ in curation.pinned:
                yield Finding("curations", key, ("excluded", i), f"「{id_}」又置顶又不显示，请只留一处")
    for key, synonym in context.city.synonyms.items():
        if not synonym.official and not synonym.instead:
            yield Finding("synonyms", key, (), "没有写是什么意思；只想停用随程序提供的，请选「代替」")
    for key, denial in context.city.denials.items():
        if not denial.phrases and not denial.lifted:
            yield Finding("denials", key, (), "一个词也没有写")


def region(context: Context) -> Findings:
    for key, curation in context.city.curations.items():
        for i, code in enumerate(curation.regions):
            if code not in context.city.regions:
                yield Finding("curations", key, ("regions", i), f"没有编码是「{code}」的区划")


def twice(context: Context) -> Findings:
    """One query, one phrase, in two records: whoever changes one does not see the other."""
    having: dict[tuple[str, str], dict[str, Steps]] = defaultdict(dict)
    for key, curation in context.city.curations.items():
        for i, query in enumerate(curation.queries):
            for audience in curation.audiences or ("",):
                for code in curation.regions or ("",):
                    said = f"{bare(query)} {curation.match} {audience} {code}"
                    having["curations", said].setdefault(key, ("queries", i))
    for key, synonym in context.city.synonyms.items():
        for i, phrase in enumerate(synonym.said):
            having["synonyms", bare(phrase)].setdefault(key, ("said", i))
    for key, denial in context.city.denials.items():
        for i, phrase in enumerate(denial.phrases):
            having["denials", bare(phrase)].setdefault(key, ("phrases", i))
    told = set()
    for (folder, said), places in having.items():
        first, *others = places
        for key in others:
            if (folder, key, places[key]) not in told:
                told.add((folder, key, places[key]))
                text = f"「{said.split(' ')[0]}」在「{first}」里已经写过，请合到一条里"
                yield Finding(folder, key, places[key], text)


def loop(context: Context) -> Findings:
    """A means B and B means A in two one-way records: meant both ways, then one record should say so."""
    meant: dict[str, set[str]] = defaultdict(set)
    for synonym in context.city.synonyms.values():
        for phrase in () if synonym.both_ways else synonym.said:
            meant[bare(phrase)] |= set(map(bare, synonym.official))
    for key, synonym in context.city.synonyms.items():
        for i, phrase in enumerate(() if synonym.both_ways else synonym.said):
            if bare(phrase) in _reached(meant, bare(phrase)):
                text = f"「{phrase}」绕一圈又指回自己；两边都算同义请用一条并选「双向」"
                yield Finding("synonyms", key, ("said", i), text)


def _reached(meant: Mapping[str, set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = meant.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return reached


def wide(context: Context) -> Findings:
    """A meaning that stands in a great part of all records moves every search that says it."""
    most = context.limits.synonym_share * sum(1 for _ in context.city.entities())
    for key, synonym in context.city.synonyms.items():
        for i, touched in enumerate(records_with(context.city, synonym.official)):
            if len(touched) > most:
                text = f"「{synonym.official[i]}」有 {len(touched)} 条内容都写到，太宽了，请换更具体的说法"
                yield Finding("synonyms", key, ("official", i), text)

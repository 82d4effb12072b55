"""Citations against what is known of the laws: laws.yaml."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ..schema import Basis, Record, Source
from ..yaml_reader import Steps, read_yaml
from .context import Context, Finding, Findings, nested
from .numerals import number_of
from .texts import texts_of

_ARTICLE = re.compile(r"第([零〇一二三四五六七八九十百千]+|\d+)条")
_NAMED = re.compile(r"《([^》]+)》")
_STATE = "中华人民共和国"


class Law(BaseModel):
    """`articles` is the number of the last one, `since` the day from which the numbering holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    articles: int
    since: date | None = None


class Repealed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    by: str


class Laws(BaseModel):
    """By title without 「中华人民共和国」."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    in_force: dict[str, Law]
    repealed: dict[str, Repealed]


@lru_cache(maxsize=1)
def laws() -> Laws:
    return Laws.model_validate(read_yaml((Path(__file__).parent / "laws.yaml").read_bytes()))


def called(title: str) -> str:
    return title.removeprefix(_STATE)


def article_number(context: Context) -> Findings:
    """Written 「第…条」, and no higher than the law has articles."""
    for folder, key, record in context.records:
        for path, part in nested(record):
            if isinstance(part, Basis) and part.article and (said := _wrong(context, part)):
                yield Finding(folder, key, (*path, "article"), said)


def _wrong(context: Context, basis: Basis) -> str:
    numbers = [int(number_of(n)) for n in _ARTICLE.findall(basis.article)]
    if not numbers:
        return f"条款「{basis.article}」要写成「第几条」，查不到就留空"
    source = context.city.sources.get(basis.source)
    law = laws().in_force.get(called(source.title)) if source else None
    if source and law and max(numbers) > law.articles:
        return f"《{source.title}》一共 {law.articles} 条，没有「{basis.article}」，请核对"
    return ""


def source_repealed(context: Context) -> Findings:
    """A source, or a law that a text names in 《》."""
    for folder, key, record in context.records:
        for path, title in [(("title",), record.title)] if isinstance(record, Source) else _mentioned(record):
            gone = laws().repealed.get(called(title))
            if gone and gone.on <= context.today:
                text = f"《{title}》从 {gone.on} 起已经废止，请改用《{gone.by}》并核对条款号"
                yield Finding(folder, key, path, text)


def _mentioned(record: Record) -> Iterator[tuple[Steps, str]]:
    return ((path, title) for path, text in texts_of(record) for title in _NAMED.findall(text))


def source_outdated(context: Context) -> Findings:
    for key, source in context.city.sources.items():
        law = laws().in_force.get(called(source.title))
        if law and law.since and law.since <= context.today and source.effective and source.effective < law.since:
            text = f"《{source.title}》现行的版本从 {law.since} 起施行，这里写的是 {source.effective}；请换成现行版本并核对条款号"
            yield Finding("sources", key, ("effective",), text)

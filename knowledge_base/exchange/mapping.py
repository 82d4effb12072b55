"""Which column is which field: guessed from headers, shown, saved, used again."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

import yaml
from openpyxl.utils import get_column_letter
from pydantic import BaseModel, ConfigDict, ValidationError

from ..yaml_reader import read_yaml
from .problems import refuse
from .settings import headers, limits, words
from .tables import Row, Table

RAW, NOTE = "raw", "note:"
REQUIRED = {"item": "name", "faq": "question", "material": "name", "place": "name"}
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_KEPT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


class TableMapping(BaseModel):
    """`columns`: header → field of headers.yaml, `note:LABEL` (kept as 「LABEL：value」), or `raw` (kept in the report)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    kind: str
    header_row: int
    columns: dict[str, str]


class Mapping(BaseModel):
    """What `--mapping FILE` reads and writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: tuple[TableMapping, ...]

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120)

    @classmethod
    def from_yaml(cls, text: str | bytes) -> "Mapping":
        """Raises Refused."""
        try:
            found = cls.model_validate(read_yaml(text))
        except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
            raise refuse("mapping", "列对应文件读不懂，请用导入时保存的那一份") from error
        for table in found.tables:
            if table.kind not in REQUIRED:
                raise refuse("mapping", f"列对应文件里的「{table.kind}」不是能导入的类别", table.table)
            for header, field in table.columns.items():
                if not _known(table.kind, field):
                    raise refuse(
                        "mapping", f"列对应文件里「{header}」对应的「{field}」不是字段", table.table, 0, header
                    )
        return found


@dataclass(frozen=True)
class Column:
    """`how`: 同义词, 相似, 已保存, or 未识别 with score 0; `letter` as spreadsheets name it."""

    index: int
    letter: str
    header: str
    field: str
    how: str
    score: float


@dataclass(frozen=True)
class Mapped:
    """A table whose columns are known; `rows` are those under the header, `above` what stands over it."""

    name: str
    kind: str
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    above: tuple[Row, ...]

    def saved(self) -> TableMapping:
        return TableMapping(
            table=self.name,
            kind=self.kind,
            header_row=self.header_row,
            columns={c.header: c.field for c in self.columns},
        )


def plain(header: str) -> str:
    """A header as it is compared."""
    text = unicodedata.normalize("NFKC", header).lower()
    return _KEPT.sub("", _BRACKETS.sub("", text)) or _KEPT.sub("", text)


@lru_cache(maxsize=8)
def _synonyms(kind: str) -> dict[str, str]:
    return {plain(name): field for field, names in headers()[kind].items() for name in reversed(names)}


def _known(kind: str, field: str) -> bool:
    return field in headers()[kind] or field == RAW or field.startswith(NOTE)


@lru_cache(maxsize=4096)
def closest(header: str, kind: str) -> tuple[str, float]:
    """Field and likeness (1: a known name) of a header; ("", 0) where none is near."""
    key, synonyms = plain(header), _synonyms(kind)
    if not key:
        return "", 0.0
    if key in synonyms:
        return synonyms[key], 1.0
    near = [(SequenceMatcher(None, key, name, autojunk=False).ratio(), f) for name, f in synonyms.items() if f != RAW]
    score, field = max(near)
    return (field, round(score, 3)) if score >= limits().header_similarity else ("", 0.0)


def _titles(row: tuple[Any, ...]) -> list[str]:
    """Headers made different from each other."""
    found: list[str] = []
    for i, cell in enumerate(row):
        title = " ".join(str(cell).split()) if cell not in (None, "") else f"第{get_column_letter(i + 1)}列"
        found.append(title if title not in found else f"{title}#{get_column_letter(i + 1)}")
    return found


def columns_of(titles: list[str], kind: str, saved: dict[str, str] | None = None) -> tuple[Column, ...]:
    """One column a field, the likest first; what is left over becomes a note."""
    saved = saved or {}
    taken = {field for title, field in saved.items() if title in titles}
    scored = sorted(
        ((*closest(t, kind), i) for i, t in enumerate(titles) if t not in saved), key=lambda x: (-x[1], x[2])
    )
    chosen: dict[int, tuple[str, str, float]] = {}
    for field, score, i in scored:
        free = field == RAW or field.startswith(NOTE) or field not in taken
        if field and free:
            taken.add(field)
            chosen[i] = (field, "同义词" if score == 1 else "相似", score)
        else:
            chosen[i] = (f"{NOTE}{titles[i]}", "未识别", 0.0)
    return tuple(
        Column(i, get_column_letter(i + 1), title, *(chosen[i] if i in chosen else (saved[title], "已保存", 1.0)))
        for i, title in enumerate(titles)
    )


def _worth(columns: tuple[Column, ...], kind: str, table: str) -> float:
    """How well a row serves as header of that kind; 0 without the field that names a record."""
    sure = [c for c in columns if c.how != "未识别" and c.field != RAW]
    if not any(c.field == REQUIRED[kind] for c in sure):
        return 0.0
    hint = any(plain(word) in plain(table) for word in words().table_titles[kind])
    return sum(1 if c.score == 1 else c.score / 2 for c in sure) + (1.5 if hint else 0)


def locate(table: Table, kind: str | None, mapping: Mapping | None) -> Mapped | None:
    """The header row and what its columns are; None where no row of the first ones is a header."""
    saved = next((m for m in mapping.tables if m.table == table.name), None) if mapping else None
    if saved is None and mapping and len(mapping.tables) == 1:
        saved = mapping.tables[0]
    kinds = [saved.kind] if saved else [kind] if kind else list(REQUIRED)
    given = saved.columns if saved else None
    best: tuple[float, int, str, tuple[Column, ...]] = (0.0, 0, "", ())
    if table.headers is not None:
        candidates = [(0, table.headers)]
    else:
        candidates = [(i, row.cells) for i, row in enumerate(table.rows[: limits().header_within_rows])]
    for i, cells in candidates:
        if table.headers is None and any(isinstance(c, str) and len(c) > 60 for c in cells):
            continue
        titles = _titles(tuple(cells))
        for name in kinds:
            columns = columns_of(titles, name, given)
            worth = _worth(columns, name, table.name)
            if worth > best[0]:
                best = (worth, i, name, columns)
    worth, i, name, columns = best
    if not worth:
        return None
    if table.headers is not None:
        return Mapped(table.name, name, 0, columns, tuple(table.rows), ())
    width = max(len(r.cells) for r in table.rows[i:])
    if width > len(columns):
        titles = _titles((*table.rows[i].cells, *[None] * (width - len(columns))))
        columns = columns_of(titles, name, given)
    return Mapped(table.name, name, table.rows[i].number, columns, tuple(table.rows[i + 1 :]), tuple(table.rows[:i]))

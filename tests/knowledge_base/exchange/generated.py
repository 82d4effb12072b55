"""Records of any model of the schema, made by hypothesis from its annotations."""

import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

Strategy = st.SearchStrategy[Any]

# What YAML, JSON and databases like to take for something else than text.
TRICKY = (
    "no", "yes", "null", "~", "true", "1e5", "1.0e5", "1.5", "007", "08", "0x1F", "1_000", "12:30", "2024-01-31", "=", "<<",
    "- 一", "a: b", "#号", "'单'", '"双"', "{x}", "[x]", "&a", "*a", "!t", "%d", "@a", "`a`", "多\n行\n文字", "尾空格 ", " 头空格",
    "制表\t符", "\u0085", "\u2028", "😀", "é", "　全角", "x" * 200, "末尾换行\n", "\r\n", ".inf", "-", "?", ":", "|", ">",
)  # fmt: skip
_TEXT = st.one_of(
    st.sampled_from(TRICKY), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
)
_FILLED = _TEXT.filter(lambda text: bool(text.strip()))
_NUMBERS = st.integers(0, 9)


def records(model: type[BaseModel]) -> Strategy:
    """Valid bodies of the model, optional fields present or not."""
    fields = model.model_fields
    needed = {name: of(info.annotation, info) for name, info in fields.items() if info.is_required()}
    optional = {name: of(info.annotation, info) for name, info in fields.items() if not info.is_required()}
    return st.fixed_dictionaries(needed, optional=optional)


def of(annotation: Any, info: FieldInfo | None = None) -> Strategy:
    """Values of an annotation; `info` brings a field's own constraints."""
    metadata = tuple(info.metadata) if info else ()
    if get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata = (*metadata, *more)
    least = next((m.min_length for m in metadata if getattr(m, "min_length", None)), 0)
    pattern = next((m.pattern for m in metadata if isinstance(m, StringConstraints) and m.pattern), None)
    if pattern:
        return st.from_regex(str(pattern), fullmatch=True)
    if annotation is str:
        return _FILLED if least else _TEXT
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return st.lists(of(arguments[0]), min_size=least, max_size=least + 1)
        return st.tuples(*map(of, arguments)).map(list)
    if origin is dict:
        return st.dictionaries(of(arguments[0]), of(arguments[1]), min_size=least, max_size=least + 1)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(of, arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    simple: dict[Any, Callable[[], Strategy]] = {
        bool: st.booleans,
        int: lambda: _NUMBERS,
        float: lambda: st.sampled_from([0.25, 0.5, 0.001, 1e-7, 1.0]),
        Decimal: lambda: st.decimals(0, 9999, places=2).map(str),
        date: lambda: st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(date.isoformat),
        type(None): st.none,
    }
    if annotation in simple:
        return simple[annotation]()
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from([member.value for member in annotation])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return records(annotation)
    raise AssertionError(f"no strategy for {annotation}")

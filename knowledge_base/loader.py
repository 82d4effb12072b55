"""Reads a city's folder. Every broken record is reported with its file and line before anything is refused."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .city import City, Origin
from .problems import ContentError, Problem, Severity
from .schema import (
    Bundle,
    CityInfo,
    Curation,
    Denial,
    Fact,
    Faq,
    Material,
    Place,
    Policy,
    Rehearsal,
    ServiceItem,
    Source,
    Synonym,
)
from .yaml_reader import Steps, line_of, read_yaml

CONTENT = Path(__file__).parent / "content"
DEFAULT_CITY = "yingkou"
FOLDERS: dict[str, type[BaseModel]] = {
    "facts": Fact,
    "sources": Source,
    "materials": Material,
    "items": ServiceItem,
    "bundles": Bundle,
    "faqs": Faq,
    "policies": Policy,
    "places": Place,
    "synonyms": Synonym,
    "curations": Curation,
    "denials": Denial,
    "rehearsals": Rehearsal,
}
SHARING_IDS = ("materials", "items", "bundles", "faqs", "policies", "places", "rehearsals")
"""Folders whose records are told apart by their id alone."""
R = TypeVar("R", bound=BaseModel)

# Kinds of pydantic errors, told so that an editor knows what to write; `{}` takes a value of the error's context.
_MESSAGES = {
    "missing": "缺少必填字段",
    "extra_forbidden": "没有这个字段（是否写错了名字？）",
    "string_pattern_mismatch": "格式不对，要符合 {pattern}",
    "literal_error": "不是允许的取值，可用的是：{expected}",
    "enum": "不是允许的取值，可用的是：{expected}",
    "string_type": "应是文字（像数字的要加引号）",
    "string_too_short": "不能为空",
    "string_too_long": "太长，最多 {max_length} 个字",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "float_type": "应是数",
    "float_parsing": "应是数",
    "decimal_type": "应是数",
    "decimal_parsing": "应是数",
    "tuple_type": "应是列表",
    "dict_type": "应是「字段: 值」",
    "model_type": "应是「字段: 值」",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "至多只能有 {max_length} 项",
    "date_type": "应是日期，如 2024-01-31",
    "date_from_datetime_parsing": "应是日期，如 2024-01-31",
    "date_parsing": "应是日期，如 2024-01-31",
    "greater_than": "要大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "value_error": "{error}",
}


def describe(error: ErrorDetails) -> str:
    """An error of the schema in Chinese."""
    template = _MESSAGES.get(error["type"], "取值不对")
    return template.format(**error.get("ctx", {})).replace(" or ", " 或 ")


@dataclass
class _Reader:
    root: Path
    problems: list[Problem]
    origins: dict[tuple[str, str], Origin]

    def report(self, rule: str, file: Path, path: Steps, message: str, line: int | None = None) -> None:
        at = line_of(file, path) if line is None else line
        self.problems.append(Problem(Severity.ERROR, rule, str(file.relative_to(self.root)), at, message))

    def documents(self, file: Path) -> Iterator[tuple[Steps, Any]]:
        """A file holds one record or a list of records."""
        try:
            data = read_yaml(file.read_bytes())
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", error)
            self.report("yaml", file, (), f"不是合法的 YAML：{reason}", mark.line + 1 if mark else 1)
            return
        except UnicodeDecodeError:
            self.report("yaml", file, (), "文件编码不是 UTF-8", 1)
            return
        if isinstance(data, list):
            yield from (((i,), record) for i, record in enumerate(data))
        elif data is not None:
            yield (), data

    def record(self, model: type[R], file: Path, path: Steps, data: Any) -> R | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for e in error.errors():
                where = ".".join(map(str, e["loc"]))
                self.report("schema", file, path + tuple(e["loc"]), f"{where}：{describe(e)}" if where else describe(e))
            return None

    def folder(self, name: str, model: type[R]) -> dict[str, R]:
        found: dict[str, R] = {}
        for file in sorted((self.root / name).glob("**/*.yaml")):
            for path, data in self.documents(file):
                record = self.record(model, file, path, data)
                if record is None:
                    continue
                key = str(data["id"])
                if key in found:
                    first = self.origins[name, key]
                    self.report("duplicate-id", file, (*path, "id"), f"id「{key}」已在 {first.file} 用过")
                    continue
                found[key] = record
                self.origins[name, key] = Origin(str(file.relative_to(self.root)), path)
        return found


def _digest(root: Path) -> str:
    h = hashlib.sha256()
    for file in sorted(root.glob("**/*.yaml")):
        h.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return h.hexdigest()


def read_city(root: Path | None = None) -> tuple[City | None, list[Problem]]:
    """What can be read of the city in `root` (default: the bundled one), and every broken record, which is left out.

    No city where city.yaml itself is broken. Raises OSError without a folder.
    """
    root = root or CONTENT / DEFAULT_CITY
    reader = _Reader(root, [], {})
    file = root / "city.yaml"
    if not file.is_file():
        raise FileNotFoundError(f"没有找到城市内容：{file}")
    info: CityInfo | None = None
    for path, data in reader.documents(file):
        info = reader.record(CityInfo, file, path, data)
    tables: dict[str, dict[str, Any]] = {name: reader.folder(name, model) for name, model in FOLDERS.items()}
    owner: dict[str, str] = {}
    for name in SHARING_IDS:
        for key in tables[name]:
            if key in owner:
                origin = reader.origins[name, key]
                at = root / origin.file
                reader.report(
                    "duplicate-id", at, (*origin.path, "id"), f"id「{key}」已被 {owner[key]} 用过，各类之间也不能重复"
                )
            owner.setdefault(key, name)
    if info is None:
        if not reader.problems:
            reader.report("schema", file, (), "city.yaml 是空的", 1)
        return None, reader.problems
    return City(root=root, info=info, digest=_digest(root), origins=reader.origins, **tables), reader.problems


def load_city(root: Path | None = None) -> City:
    """As read_city, all or nothing: raises ContentError naming every broken record, OSError without a folder."""
    city, problems = read_city(root)
    if problems or city is None:
        raise ContentError(problems)
    return city

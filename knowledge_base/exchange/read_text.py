"""CSV and JSON(L), in UTF-8 or GBK."""

import csv
import io
import json
from typing import Any

from ..problems import Severity
from .problems import Issue, refuse
from .tables import Meter, Table

_DELIMITERS = ",\t;|，"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes, meter: Meter) -> tuple[str, str]:
    """Text and the name of its encoding. GBK is accepted and said. Raises Refused for anything else."""
    encodings = next(([name] for mark, name in _BOMS if data.startswith(mark)), ["utf-8", "gb18030"])
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise refuse("not-text", "文件不是文本：里面有空字符，请确认文件类型")
        if encoding == "gb18030":
            meter.issues.add(Issue(Severity.NOTICE, "encoding", "文件是 GBK 编码，已按 GBK 读取；建议存为 UTF-8"))
        return text, {"utf-8-sig": "utf-8", "gb18030": "gbk"}.get(encoding, encoding)
    raise refuse("encoding", "文件的文字编码认不出（不是 UTF-8，也不是 GBK），请另存为 UTF-8 后再试")


def read_csv(text: str, name: str, meter: Meter) -> list[Table]:
    """Comma, tab, semicolon or bar, whichever the first lines agree on."""
    head = text[:20000].splitlines()[:20]
    delimiter = max(_DELIMITERS, key=lambda d: (sum(line.count(d) for line in head), -_DELIMITERS.index(d)))
    table = Table(name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            meter.row(table, reader.line_num, tuple(cells))
    except csv.Error as error:
        reason = "一格太长，多半是引号没有成对" if "field larger" in str(error) else "引号没有成对或位置不对"
        raise refuse("csv", f"第 {reader.line_num} 行读不下去：{reason}", name, reader.line_num) from error
    return [table]


def read_json(text: str, name: str, meter: Meter, lines: bool) -> list[Table]:
    """A list of objects, an object that holds such lists by name, or one object a line."""
    if lines:
        return _tables(name, list(_lines(text, name, meter)), meter)
    data = _parse(text, name, 0)
    if isinstance(data, dict):
        lists = {k: v for k, v in data.items() if isinstance(v, list) and v and all(isinstance(x, dict) for x in v)}
        if lists and len(lists) == len(data):
            return [t for key, value in lists.items() for t in _tables(key, list(enumerate(value, 1)), meter)]
        data = [data]
    if not isinstance(data, list):
        raise refuse("json", "JSON 里应是记录的列表：[{…}, {…}]", name)
    return _tables(name, list(enumerate(data, 1)), meter)


def _lines(text: str, name: str, meter: Meter) -> Any:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _parse(line, name, number)
        if number % 256 == 0:
            meter.clock()


def _parse(text: str, name: str, line: int) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        at = line or error.lineno
        raise refuse("json", f"第 {at} 行第 {error.colno} 个字处不是合法的 JSON", name, at) from error
    except (RecursionError, ValueError) as error:
        raise refuse("json", "JSON 套得太深或数字太大，读不了", name, line) from error


def _tables(name: str, records: list[tuple[int, Any]], meter: Meter) -> list[Table]:
    """Records with `kind` and `id` are our own; others make one table over all their fields."""
    native = Table(name, headers=("record",), native=True)
    plain = Table(name)
    fields: dict[str, None] = {}
    for number, record in records:
        if not isinstance(record, dict):
            raise refuse("json", f"第 {number} 条不是「字段: 值」的记录", name, number)
        if not ("kind" in record and isinstance(record.get("record"), dict)):
            fields.update(dict.fromkeys(record))
    plain.headers = tuple(fields)
    for number, record in records:
        if "kind" in record and isinstance(record.get("record"), dict):
            meter.row(native, number, (record,))
        else:
            meter.row(plain, number, tuple(record.get(key) for key in fields))
    return [t for t in (native, plain) if t.rows]

"""Excel workbooks, streamed: values, results of formulas, merged cells filled down and to the right."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter, range_boundaries

from ..problems import Severity
from .archives import chunks
from .problems import Issue, refuse
from .settings import limits
from .tables import Meter, Table

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[ >]")
_ROW_END = b"row>"
Area = tuple[int, int, int, int]


def read_xlsx(data: bytes, meter: Meter) -> list[Table]:
    """Every visible sheet that has rows. Raises Refused."""
    try:
        return list(_sheets(data, meter))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError, ParseError) as error:
        raise refuse(
            "broken-workbook", "工作簿的内部结构坏了，读不出来；请用 Excel 或 WPS 打开后另存为 .xlsx"
        ) from error
    except zipfile.BadZipFile as error:
        raise refuse("truncated", "文件打不开：不完整或已损坏，请重新导出或重新上传") from error


def _sheets(data: bytes, meter: Meter) -> Iterator[Table]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    if len(book.worksheets) > limits().tables:
        raise refuse("too-many-tables", f"工作簿有 {len(book.worksheets)} 张表，最多 {limits().tables} 张")
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            text = f"工作表「{sheet.title}」是隐藏的，没有导入；要导入请先取消隐藏"
            meter.issues.add(Issue(Severity.WARNING, "hidden-sheet", text, sheet.title))
            continue
        merged, formulas = _marks(data, str(getattr(sheet, "_worksheet_path", "")))
        table = _table(sheet, merged, meter)
        if formulas:
            _check_formulas(data, table, meter)
        if table.rows:
            yield table
    book.close()


def _table(sheet: Any, merged: list[Area], meter: Meter) -> Table:
    sheet.reset_dimensions()
    table = Table(sheet.title)
    blank = 0
    corners: dict[Area, Any] = {}
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if number % 256 == 0:
            meter.clock()
        cells = list(values)
        for area in merged:
            if area[1] <= number <= area[3]:
                _fill(area, number, cells, corners)
        blank = 0 if any(cell not in (None, "") for cell in cells) else blank + 1
        if blank > limits().blank_rows:
            break
        plain = tuple(_plain(cell, table.name, number, i, meter) for i, cell in enumerate(cells))
        meter.row(table, number, plain)
    return table


def _fill(area: Area, number: int, cells: list[Any], corners: dict[Area, Any]) -> None:
    """A merged cell's value stands for each of its rows; across columns only the first keeps it."""
    left, top, _, _ = area
    if number == top:
        corners[area] = cells[left - 1] if left <= len(cells) else None
    elif corners.get(area) not in (None, "") and left <= limits().columns:
        cells += [None] * (left - len(cells))
        cells[left - 1] = corners[area]


def _plain(cell: Any, table: str, row: int, column: int, meter: Meter) -> Any:
    """A JSON value. Codes that became numbers beyond exactness, and error values, are told with their place."""
    at = get_column_letter(column + 1)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10 ** limits().exact_digits:
        return int(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 10 ** limits().exact_digits:
        text = f"第 {row} 行 {at} 列是很长的数字，Excel 已丢掉后几位；请把这一列设成文本格式后重填"
        meter.issues.add(Issue(Severity.ERROR, "long-number", text, table, row, at, str(cell)))
    if isinstance(cell, str) and cell in ERROR_CODES:
        text = f"第 {row} 行 {at} 列是公式的错误值 {cell}，请改正"
        meter.issues.add(Issue(Severity.ERROR, "error-value", text, table, row, at, cell))
    return cell if isinstance(cell, (str, int, float, bool, type(None))) else str(cell)


def _marks(data: bytes, path: str) -> tuple[list[Area], bool]:
    """Merged ranges of a sheet, and whether it has formulas: streaming readers tell neither.

    Raises Refused where too many rows hold values: counting them here is far quicker than reading them.
    """
    merged: list[Area] = []
    formulas, filled, rest = False, 0, b""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for piece in chunks(archive, path.lstrip("/")):
            *rows, rest = (rest + piece).split(_ROW_END)
            rest = rest[-limits().row_bytes :]
            for row in rows:
                formulas = formulas or _FORMULA.search(row) is not None
                filled += _VALUE.search(row) is not None
            if filled > limits().rows:
                raise refuse("too-many-rows", f"一张表里超过 {limits().rows} 行，请拆成几个文件")
    for match in _MERGED.finditer(rest):
        left, top, right, bottom = range_boundaries(match[1].decode())
        if len(merged) >= limits().merged_cells:
            raise refuse("too-many-merged", f"一张表里合并的单元格超过 {limits().merged_cells} 处，请取消合并")
        if (bottom or 1) > (top or 1):
            merged.append((int(left or 1), int(top or 1), int(right or 1), int(bottom or 1)))
    return merged, formulas


def _check_formulas(data: bytes, table: Table, meter: Meter) -> None:
    """A formula whose result was never stored has no value that could be imported."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    sheet: Any = book[table.name]
    sheet.reset_dimensions()
    values = {row.number: row.cells for row in table.rows}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number % 256 == 0:
            meter.clock()
        if number > limits().rows + limits().blank_rows:
            break
        for i, cell in enumerate(cells):
            if getattr(cell, "data_type", "") != "f":
                continue
            row, at = values.get(number, ()), get_column_letter(i + 1)
            if i < len(row) and row[i] not in (None, ""):
                text = f"第 {number} 行 {at} 列是公式，用的是它的结果"
                meter.issues.add(Issue(Severity.NOTICE, "formula", text, table.name, number, at, str(row[i])))
            else:
                text = f"第 {number} 行 {at} 列是公式，文件里没有存它的结果；请在 Excel 里打开保存，或粘贴为数值"
                meter.issues.add(Issue(Severity.ERROR, "formula", text, table.name, number, at))
    book.close()

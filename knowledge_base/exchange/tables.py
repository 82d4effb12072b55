"""What every format is read into: tables of rows of cells, counted while they are read."""

from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from .problems import Issues, refuse
from .settings import limits


@dataclass(frozen=True)
class Row:
    """`number` is where an editor finds it: the spreadsheet's row, the file's line, the record's number."""

    number: int
    cells: tuple[Any, ...]


@dataclass
class Table:
    """`headers` is given where the format names its fields (JSON, forms); otherwise a row of it is the header.

    `native`: rows are whole records as JSON exports write them (`kind` and the record's own fields).
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    headers: tuple[str, ...] | None = None
    header_row: int = 0
    native: bool = False


@dataclass
class Document:
    """A file as read. `encoding` is "" where the format settles it."""

    format: str
    encoding: str
    tables: list[Table]


class Meter:
    """Refuses a file that grows past limits.yaml."""

    def __init__(self, issues: Issues) -> None:
        self.issues = issues
        self.cells = self.characters = 0
        self.start = monotonic()

    def clock(self) -> None:
        """Raises Refused when reading took too long."""
        if monotonic() - self.start > limits().seconds:
            raise refuse("too-slow", f"文件读了 {limits().seconds:g} 秒还没读完，请拆成几个小文件")

    def row(self, table: Table, number: int, cells: tuple[Any, ...]) -> None:
        """Takes a row in, blank ones left out. Raises Refused past a bound."""
        bounds = limits()
        while cells and cells[-1] in (None, ""):
            cells = cells[:-1]
        if not cells:
            return
        if len(table.rows) >= bounds.rows:
            raise refuse("too-many-rows", f"「{table.name}」超过 {bounds.rows} 行，请拆成几个文件", table.name, number)
        if len(cells) > bounds.columns:
            raise refuse(
                "too-many-columns",
                f"「{table.name}」第 {number} 行有 {len(cells)} 列，最多 {bounds.columns} 列",
                table.name,
                number,
            )
        for i, cell in enumerate(cells):
            size = len(cell) if isinstance(cell, str) else len(str(cell)) if isinstance(cell, (list, dict)) else 1
            if size > bounds.cell_characters:
                raise refuse(
                    "cell-too-long",
                    f"「{table.name}」第 {number} 行第 {i + 1} 列有 {size} 个字，一格最多 {bounds.cell_characters} 个",
                    table.name,
                    number,
                    str(i + 1),
                )
            self.characters += size
        self.cells += len(cells)
        if self.cells > bounds.cells or self.characters > bounds.characters:
            raise refuse("too-much", "文件内容太多，请拆成几个文件", table.name, number)
        if len(table.rows) % 256 == 0:
            self.clock()
        table.rows.append(Row(number, cells))

"""Word documents: tables with a header, forms of 「label | value」, guides under headings, questions and answers."""

import io
import re
import zipfile
from typing import Any

from docx import Document as open_document
from docx.opc.exceptions import OpcError
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from .mapping import REQUIRED, closest
from .problems import refuse
from .tables import Meter, Table

_NUMBERING = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十0-9]+[)）]?[、.．]?|第[一二三四五六七八九十]+[章节部分]*)\s*"
)
_SAYS = re.compile(r"^\s*(?:[一二三四五六七八九十0-9]+[、.．])?\s*(问|答)\s*[:：]\s*(.*)$", re.S)
_LABELLED = re.compile(r"^([^:：]{2,14})[:：]\s*(.*)$", re.S)
_OTHER = "备注"


def read_docx(data: bytes, name: str, meter: Meter) -> list[Table]:
    """Raises Refused."""
    try:
        document = open_document(io.BytesIO(data))
        return _Reader(name, meter).read(document)
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, IndexError, zipfile.BadZipFile) as error:
        raise refuse(
            "broken-document", "Word 文档的内部结构坏了，读不出来；请用 Word 或 WPS 打开后另存为 .docx"
        ) from error


def _label(text: str) -> str:
    """The label without its number where it is a known header of some kind, else ""."""
    bare = _NUMBERING.sub("", text.strip()).rstrip(":： ") or text.strip()
    if not 0 < len(bare) <= 20:
        return ""
    return bare if any(closest(bare, kind)[1] == 1 for kind in REQUIRED) else ""


def _names(label: str) -> bool:
    return any(closest(label, kind) == (field, 1.0) for kind, field in REQUIRED.items())


class _Reader:
    def __init__(self, name: str, meter: Meter) -> None:
        self.name, self.meter = name, meter
        self.grids: list[Table] = []
        self.records: list[dict[str, list[str]]] = []
        self.field = _OTHER

    def read(self, document: Any) -> list[Table]:
        for block in document.iter_inner_content():
            self.meter.clock()
            if isinstance(block, Paragraph):
                self.paragraph(block)
            elif isinstance(block, WordTable):
                self.table(block)
        forms: dict[str, list[dict[str, list[str]]]] = {}
        for record in self.records:
            forms.setdefault(next((label for label in record if _names(label)), ""), []).append(record)
        tables = [self.form(f"{self.name} {naming}".strip(), records) for naming, records in forms.items()]
        return [t for t in (*tables, *self.grids) if t.rows]

    def form(self, name: str, records: list[dict[str, list[str]]]) -> Table:
        """Records that are named by the same label, over all their labels."""
        table = Table(name)
        table.headers = tuple(dict.fromkeys(label for record in records for label in record))
        for i, record in enumerate(records, 1):
            self.meter.row(table, i, tuple("\n".join(record.get(label, ())) for label in table.headers))
        return table

    def put(self, label: str, text: str) -> None:
        """The label that names the record, come again, begins the next one."""
        if not self.records or label == next((known for known in self.records[-1] if _names(known)), None):
            self.records.append({})
        elif _names(label) and self.records[-1].get("名称") == [text.strip()]:
            del self.records[-1]["名称"]
        if text.strip():
            self.records[-1].setdefault(label, []).append(text.strip())

    def paragraph(self, paragraph: Paragraph) -> None:
        text, style = paragraph.text.strip(), str(getattr(paragraph.style, "name", ""))
        if not text:
            return
        if said := _SAYS.match(text):
            self.field = "问题" if said[1] == "问" else "回答"
            self.put(self.field, said[2])
        elif label := _label(text):
            self.field = label
        elif style in ("Title", "Heading 1"):
            self.records.append({"名称": [text]})
            self.field = _OTHER
        elif (pair := _LABELLED.match(text)) and (label := _label(pair[1])):
            self.field = label
            self.put(label, pair[2])
        else:
            self.put(self.field, text)

    def table(self, table: WordTable) -> None:
        rows = [self.cells(row) for row in table.rows]
        if not rows:
            return
        labelled = sum(1 for row in rows if len(row) >= 2 and _label(row[0]))
        across = sum(1 for cell in rows[0] if _label(cell))
        if across >= 2 and across > len(rows[0]) / 2 and not (len(rows[0]) == 4 and labelled > 1):
            self.grid(rows)
        elif labelled * 2 >= len(rows):
            for row in rows:
                self.form_row(row)
        else:
            for row in rows:
                self.put(self.field, " ".join(row))

    def cells(self, row: Any) -> list[str]:
        """Cells that are merged across columns come once."""
        found: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) not in seen:
                seen.add(id(cell._tc))
                found.append(cell.text.strip())
        return found

    def form_row(self, row: list[str]) -> None:
        pairs = list(zip(row[::2], row[1::2], strict=False))
        if len(row) % 2 or not all(_label(left) or not left for left, _ in pairs):
            pairs = [(row[0], "\n".join(row[1:]))]
        for left, right in pairs:
            label = _label(left)
            self.put(label or _OTHER, right if label else f"{left}：{right}" if left else right)

    def grid(self, rows: list[list[str]]) -> None:
        """Inside a guide, a table of materials belongs to it; elsewhere each row is a record."""
        materials = closest(rows[0][0], "material") == ("name", 1.0) or any("材料名称" in c for c in rows[0])
        if self.records and materials:
            at = next((i for i, c in enumerate(rows[0]) if "材料" in c), 0)
            for row in rows[1:]:
                self.put("申请材料", row[at] if at < len(row) else "")
                extra = [f"{h} {c}" for i, (h, c) in enumerate(zip(rows[0], row, strict=False)) if i != at and c]
                if extra:
                    self.put(_OTHER, f"{row[at]}：{'，'.join(extra)}")
            return
        table = Table(f"{self.name} 表{len(self.grids) + 1}")
        for i, row in enumerate(rows, 1):
            self.meter.row(table, i, tuple(row))
        self.grids.append(table)

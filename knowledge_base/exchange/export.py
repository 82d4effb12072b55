"""A city out to spreadsheets, JSON(L), a printable Word document, and YAML."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ..city import City
from ..loader import load_city
from ..store.bodies import FOLDER_OF, body_of, records_of
from .flat import KINDS, flat
from .folder import staged, swap
from .mapping import REQUIRED
from .settings import headers, limits, words
from .yaml_text import files_of, write

FORMATS = ("xlsx", "csv", "json", "jsonl", "docx", "yaml")
_WIDE, _NARROW = 60, 18
_LONG_FIELDS = ("summary", "conditions", "materials", "steps", "answer", "phrasings", "notes", "address")
_FONT = "宋体"


def rows_of(city: City, kind: str, ids: Sequence[str] | None = None) -> tuple[list[str], list[str], list[list[str]]]:
    """Fields, Chinese headers and rows of a kind; `ids` picks records, in their order."""
    fields = [f for f in headers()[kind] if f != "raw" and not f.startswith("note:")]
    table: dict[str, Any] = getattr(city, FOLDER_OF[kind])
    records = [table[i] for i in ids if i in table] if ids is not None else list(table.values())
    texts = [flat(city, kind, record) for record in records]
    used = [f for f in fields if f in ("id", REQUIRED[kind]) or any(f in text for text in texts)]
    return used, [headers()[kind][f][0] for f in used], [[text.get(f, "") for f in used] for text in texts]


def to_xlsx(city: City, kinds: Sequence[str] = KINDS, ids: Sequence[str] | None = None) -> bytes:
    """A sheet for each kind, everything as text, so that no code loses its digits and no text becomes a formula."""
    book = Workbook(write_only=True)
    for kind in kinds:
        used, titles, rows = rows_of(city, kind, ids)
        if not rows and kind != kinds[0]:
            continue
        sheet = book.create_sheet(words().table_titles[kind][0])
        sheet.freeze_panes = "A2"
        for i, field in enumerate(used):
            sheet.column_dimensions[get_column_letter(i + 1)].width = _WIDE if field in _LONG_FIELDS else _NARROW
        sheet.append([_cell(sheet, title, Font(bold=True)) for title in titles])
        for row in rows:
            sheet.append([_cell(sheet, text[: limits().cell_characters]) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, font: Font | None = None) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if font:
        cell.font = font
    return cell


def to_csv(city: City, kind: str, ids: Sequence[str] | None = None) -> bytes:
    """One kind, in UTF-8 with its mark: Excel opens it right."""
    _, titles, rows = rows_of(city, kind, ids)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue().encode("utf-8-sig")


def records(city: City, kinds: Sequence[str] | None = None, ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Whole records as the schema has them, lossless; no kinds: everything, city.yaml included."""
    return [
        {"kind": kind, "record": body_of(record)}
        for (kind, id_), record in records_of(city).items()
        if (kinds is None or kind in kinds) and (ids is None or id_ in ids)
    ]


def to_json(city: City, kinds: Sequence[str] | None = None, ids: Sequence[str] | None = None) -> bytes:
    return json.dumps(records(city, kinds, ids), ensure_ascii=False, indent=1).encode()


def to_jsonl(city: City, kinds: Sequence[str] | None = None, ids: Sequence[str] | None = None) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records(city, kinds, ids)).encode()


def to_docx(city: City, kinds: Sequence[str] = ("item",), ids: Sequence[str] | None = None) -> bytes:
    """A guide to print: a heading and a table of 「label | text」 for each record, every one on a page of its own."""
    document = new_document()
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    document.sections[0].left_margin = document.sections[0].right_margin = Cm(2)
    document.sections[0].footer.paragraphs[0].text = city.info.sample_notice
    first = True
    for kind in kinds:
        used, titles, rows = rows_of(city, kind, ids)
        name = used.index("question" if kind == "faq" else "name") if rows else 0
        for row in rows:
            heading = document.add_heading(row[name], level=1)
            heading.paragraph_format.page_break_before = not first and kind == "item"
            first = False
            table = document.add_table(rows=0, cols=2, style="Table Grid")
            table.autofit = False
            for title, text in zip(titles, row, strict=True):
                if text:
                    left, right = table.add_row().cells
                    left.width, right.width = Cm(3.5), Cm(13.5)
                    left.paragraphs[0].add_run(title).bold = True
                    right.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def to_yaml(city: City) -> dict[str, str]:
    """Relative path → text of the whole city, as load_city reads it."""
    return files_of(city)


def to_yaml_zip(city: City) -> bytes:
    """The same in one file to download."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in to_yaml(city).items():
            archive.writestr(name, text)
    return out.getvalue()


def write_yaml(city: City, folder: Path) -> City:
    """Writes the whole city into a folder that is not there yet. → as read back. Raises FileExistsError."""
    if folder.exists():
        raise FileExistsError(f"文件夹已经有了：{folder}")
    with staged(folder) as copy:
        write(copy, to_yaml(city))
        found = load_city(copy)
        swap(copy, folder)
    return found


def export(city: City, format_: str, kinds: Sequence[str] | None = None, ids: Sequence[str] | None = None) -> bytes:
    """One file of a format; csv holds one kind (default: items), yaml is zipped. Raises ValueError in Chinese."""
    flat_kinds = [k for k in kinds or KINDS if k in KINDS]
    if format_ not in FORMATS or (kinds and format_ in ("xlsx", "csv", "docx") and len(flat_kinds) != len(kinds)):
        raise ValueError(f"可以导出的格式有：{'、'.join(FORMATS)}；表格和 Word 里的类别有：{'、'.join(KINDS)}")
    if format_ == "csv" and kinds and len(kinds) > 1:
        raise ValueError("CSV 一次只能导出一类")
    makers: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: to_xlsx(city, flat_kinds, ids),
        "csv": lambda: to_csv(city, kinds[0] if kinds else "item", ids),
        "json": lambda: to_json(city, kinds, ids),
        "jsonl": lambda: to_jsonl(city, kinds, ids),
        "docx": lambda: to_docx(city, kinds or ("item",), ids),
        "yaml": lambda: to_yaml_zip(city),
    }
    return makers[format_]()

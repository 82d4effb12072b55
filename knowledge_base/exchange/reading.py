"""A file of any of the formats → tables. What a file is, its content says; its name must agree."""

from pathlib import PurePath

from .archives import kind_of
from .problems import refuse
from .read_docx import read_docx
from .read_text import decode, read_csv, read_json
from .read_xlsx import read_xlsx
from .settings import limits
from .tables import Document, Meter

EXTENSIONS = ("xlsx", "csv", "tsv", "txt", "json", "jsonl", "docx")


def read(data: bytes, filename: str, meter: Meter) -> Document:
    """Raises Refused with the reason in Chinese."""
    extension = PurePath(filename).suffix.lower().lstrip(".")
    name = PurePath(filename).stem
    if not data.strip():
        raise refuse("empty", "文件是空的")
    if len(data) > limits().file_bytes:
        raise refuse("too-large", f"文件有 {len(data) >> 20} MB，最多 {limits().file_bytes >> 20} MB，请拆成几个文件")
    if extension == "xlsm":
        raise refuse("macros", "带宏的工作簿（.xlsm）为了安全不接收；请另存为 .xlsx")
    if extension == "xls":
        raise refuse("old-format", "旧版 .xls 不能导入，请另存为 .xlsx")
    if extension not in EXTENSIONS:
        raise refuse("wrong-type", f"不认识的文件类型「.{extension}」，可以导入的有：{'、'.join(EXTENSIONS)}")
    kind = kind_of(data, extension)
    if kind == "xlsx":
        document = Document(kind, "", read_xlsx(data, meter))
    elif kind == "docx":
        document = Document(kind, "", read_docx(data, name, meter))
    else:
        text, encoding = decode(data, meter)
        looks_json = text.lstrip("\ufeff \r\n\t")[:1] in ("{", "[")
        if extension in ("json", "jsonl"):
            if not looks_json:
                raise refuse("wrong-extension", f"文件名是 .{extension}，内容却不是 JSON，请核对")
            tables = read_json(text, name, meter, extension == "jsonl")
        elif looks_json:
            raise refuse("wrong-extension", f"文件名是 .{extension}，内容却像 JSON，请改成 .json 或 .jsonl")
        else:
            tables = read_csv(text, name, meter)
        document = Document(extension, encoding, tables)
    if not any(table.rows for table in document.tables):
        raise refuse("empty", "文件里没有内容")
    return document

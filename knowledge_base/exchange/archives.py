"""What a file is by its content, and whether a zipped one can be unpacked safely."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from .problems import refuse
from .settings import limits

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CHUNK = 1 << 16
_NAMES = {"xlsx": "Excel 工作簿", "docx": "Word 文档"}


def kind_of(data: bytes, extension: str) -> str:
    """xlsx or docx for what is zipped, "" for text. Raises Refused for what we do not take."""
    if data.startswith(_OLE):
        raise refuse(
            "old-format", "这是旧版 Office 文件（.xls、.doc）或加了密码的文件，请去掉密码、另存为 .xlsx 或 .docx"
        )
    if data.startswith(b"%PDF"):
        raise refuse("wrong-type", "这是 PDF，不能导入；请用 Excel、CSV、JSON 或 Word 文件")
    if not data.startswith(b"PK"):
        if extension in _NAMES:
            raise refuse(
                "wrong-extension", f"文件名是 .{extension}，内容却不是{_NAMES[extension]}（可能没传完整），请核对"
            )
        return ""
    return _zipped(data, extension)


def _zipped(data: bytes, extension: str) -> str:
    bounds = limits()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse("truncated", "文件打不开：不完整或已损坏，请重新导出或重新上传") from error
    if len(entries) > bounds.zip_entries:
        raise refuse("zip-bomb", f"压缩包里有 {len(entries)} 个文件，太多了，不能导入")
    for entry in entries:
        if (
            entry.file_size > bounds.zip_ratio_from_bytes
            and entry.file_size > max(1, entry.compress_size) * bounds.zip_ratio
        ):
            raise refuse("zip-bomb", "文件解压后大得不正常（疑似压缩炸弹），不能导入")
    if sum(entry.file_size for entry in entries) > bounds.unpacked_bytes:
        raise refuse("too-large", f"文件解压后超过 {bounds.unpacked_bytes >> 20} MB，请拆成几个文件")
    names = {entry.filename for entry in entries}
    kind = "xlsx" if "xl/workbook.xml" in names else "docx" if "word/document.xml" in names else ""
    if not kind:
        raise refuse("wrong-type", "压缩包不是 Excel 工作簿（.xlsx）或 Word 文档（.docx），不能导入")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse("macros", "文件带宏（VBA），为了安全不接收；请另存为不带宏的 .xlsx 或 .docx")
    if extension != kind:
        raise refuse("wrong-extension", f"文件名是 .{extension}，内容却是{_NAMES[kind]}，请把扩展名改成 .{kind}")
    if kind == "docx" and sum(entry.file_size for entry in entries) > bounds.document_bytes:
        raise refuse("too-large", f"Word 文档解压后超过 {bounds.document_bytes >> 20} MB，请拆成几个文件")
    _parts_are_sound(data)
    return kind


def _parts_are_sound(data: bytes) -> None:
    """Every XML part unpacks to its checksum and brings no document type: Office writes none, attacks do."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            for i, chunk in enumerate(chunks(archive, entry.filename)):
                if i == 0 and _DTD.search(chunk):
                    raise refuse("unsafe-xml", "文件里有不该有的文档类型声明，为了安全不接收")


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part piece by piece. Raises Refused where it is broken."""
    try:
        with archive.open(name) as part:
            while piece := part.read(_CHUNK):
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise refuse("truncated", "文件打不开：不完整、已损坏或加了密码，请重新导出") from error

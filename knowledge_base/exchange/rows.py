"""A row of a table, or a whole record of ours → the draft. A row that cannot be a record is an error with its place."""

from typing import Any

from ..problems import Severity
from ..store.bodies import KINDS
from . import items, others
from .cells import text_of
from .draft import Cells, Draft, Key
from .mapping import NOTE, RAW, REQUIRED, Mapped
from .settings import headers, limits
from .tables import Row, Table


def put_native(draft: Draft, table: Table, row: Row, written: dict[Key, Cells]) -> None:
    """A whole record as JSON exports write it."""
    cells = Cells(table.name, row.number, {}, {})
    record = row.cells[0]
    kind, body = record["kind"], record["record"]
    if kind not in KINDS or not isinstance(body.get("id"), str):
        draft.tell(Severity.ERROR, "unknown-kind", f"「{kind}」不是能导入的类别，或没有 id", cells)
    elif not _twice(draft, (kind, body["id"]), written, cells):
        written[kind, body["id"]] = cells
        if kind == "city":
            if draft.base and draft.base.info.id != body["id"]:
                text = f"文件是另一座城市「{body['id']}」的，不能导入「{draft.base.info.id}」"
                draft.tell(Severity.ERROR, "other-city", text, cells)
                return
            draft.city = body
        draft.put(kind, body, cells)


def put_row(draft: Draft, table: Mapped, row: Row, written: dict[Key, Cells]) -> dict[str, Any] | None:
    """Builds the record; returns the row as read for the report, None where it is none."""
    cells = Cells(table.name, row.number, {}, {c.field: c.header for c in table.columns})
    for column in table.columns:
        value = row.cells[column.index] if column.index < len(row.cells) else None
        if column.field.startswith(NOTE):
            if text := text_of(value):
                cells.notes.append((column.field.removeprefix(NOTE), text))
        elif column.field != RAW:
            cells.fields[column.field] = value
    said = {text for cell in cells.fields.values() if len(text := text_of(cell)) >= limits().repeated_from}
    cells.notes[:] = [note for note in cells.notes if note[1] not in said]
    required = REQUIRED[table.kind]
    if not text_of(cells.fields.get(required)):
        if not any(text_of(c) for c in row.cells):
            return None
        label = headers()[table.kind][required][0]
        draft.tell(Severity.ERROR, f"missing-{required}", f"第 {row.number} 行没有写「{label}」", cells, required)
        return None
    id_ = items.identify(draft, cells) if table.kind == "item" else others.identify(draft, table.kind, cells)
    if not id_:
        draft.tell(Severity.ERROR, "bad-id", "编号里要有小写字母或数字", cells, "id")
        return None
    if not draft.free_id(id_, table.kind):
        draft.tell(Severity.ERROR, "id-taken", f"编号「{id_}」已被别的类别用了", cells, "id", id_)
        return None
    raw = {c.header: row.cells[c.index] for c in table.columns if c.index < len(row.cells)}
    report = {"kind": table.kind, "id": id_, "table": table.name, "row": row.number, "cells": raw}
    if _twice(draft, (table.kind, id_), written, cells):
        return report
    written[table.kind, id_] = cells
    if table.kind == "item":
        items.put_item(draft, id_, cells)
    else:
        others.put_other(draft, table.kind, id_, cells)
    return report


def _twice(draft: Draft, key: Key, written: dict[Key, Cells], cells: Cells) -> bool:
    """The same record in two rows: equal rows are one, different ones are an error."""
    first = written.get(key)
    if first is None:
        return False
    if first.fields == cells.fields and first.fields:
        text = f"和「{first.table}」第 {first.row} 行完全相同，只导入一次"
        draft.tell(Severity.NOTICE, "same-row", text, cells)
    else:
        text = f"和「{first.table}」第 {first.row} 行是同一条（{key[1]}），内容不同，请只留一行或写上不同的编号"
        draft.tell(Severity.ERROR, "duplicate", text, cells)
    return True

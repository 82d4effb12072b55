"""What an import would do: read, map, build, compare. Nothing is written."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Literal

from ..city import City
from ..loader import load_city
from ..problems import Severity
from ..store import NotFound, Store
from ..store.bodies import FOLDER_OF, Invalid, body_of, record_of
from ..store.diff import FieldChange, field_changes
from ..store.reading import OPEN
from ..store.served import city_from, with_bodies
from .cells import id_of, slug, text_of
from .draft import Cells, Draft, Key
from .mapping import REQUIRED, Mapped, Mapping, locate
from .problems import Issue, Issues, Refused, refuse
from .reading import read
from .rows import put_native, put_row
from .settings import headers, limits
from .tables import Meter, Table

Action = Literal["created", "updated", "unchanged"]
Target = Store | Path | City | None


@dataclass(frozen=True)
class Change:
    """One record. `table` and `row` are where it stands in the file; `fields` is the difference, empty if unchanged."""

    kind: str
    id: str
    name: str
    action: Action
    table: str
    row: int
    fields: tuple[FieldChange, ...]


@dataclass
class Preview:
    """`bodies` is what apply would write by (kind, id); `raw` every row as read; `digest` identifies file and mapping."""

    filename: str
    format: str
    encoding: str
    digest: str
    mapping: Mapping
    tables: list[Mapped]
    issues: Issues
    changes: list[Change] = field(default_factory=list)
    bodies: dict[Key, dict[str, Any]] = field(default_factory=dict)
    raw: list[dict[str, Any]] = field(default_factory=list)
    base: City | None = None
    seen: str = ""
    rows: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Records created, updated and unchanged."""
        found = Counter(change.action for change in self.changes)
        return {action: found[action] for action in ("created", "updated", "unchanged")}

    @property
    def importable(self) -> bool:
        """No error: apply may write it."""
        return self.issues.errors == 0

    def as_json(self, changes: int | None = None) -> dict[str, Any]:
        """For the API and `--json`; at most `changes` changes are listed (default: all)."""
        return {
            "filename": self.filename,
            "format": self.format,
            "encoding": self.encoding,
            "digest": self.digest,
            "rows": self.rows,
            "importable": self.importable,
            **self.counts,
            "by_kind": Counter(f"{c.kind}.{c.action}" for c in self.changes),
            "mapping": self.mapping.model_dump(mode="json"),
            "columns": [{"table": t.name, "kind": t.kind, **asdict(c)} for t in self.tables for c in t.columns],
            "issue_counts": [{"severity": s, "rule": r, "count": n} for s, r, n in self.issues.by_rule()],
            "issues": [issue.as_json() for issue in self.issues.kept],
            "changes": [asdict(c) for c in self.changes if c.action != "unchanged"][:changes],
        }


def preview(
    file: bytes | Path | BinaryIO,
    filename: str = "",
    mapping: Mapping | None = None,
    target: Target = None,
    kind: str | None = None,
    city_name: str = "",
) -> Preview:
    """Reads a file and says what importing it into `target` would change (None: a city of its own, empty so far).

    `kind` (item, faq, material, place) is guessed where it is not given; so are the columns that `mapping` does not name.
    Raises Refused where nothing can be read, ContentError where the target itself is broken, OSError.
    """
    data, filename = _bytes(file, filename)
    issues = Issues()
    meter = Meter(issues)
    document = read(data, filename, meter)
    base, seen = base_of(target)
    name = target.name if isinstance(target, Path) else PurePath(filename).stem
    draft = Draft(base, issues, slug(name) or id_of("city", name), city_name)
    tables = list(_tables(document.tables, kind, mapping, issues))
    if not tables and not any(t.native for t in document.tables):
        raise Refused([replace(i, severity=Severity.ERROR) for i in issues.kept if i.rule == "no-header"])
    shown = Mapping(tables=tuple(t.saved() for t in tables))
    digest = hashlib.sha256(data + shown.model_dump_json().encode()).hexdigest()
    result = Preview(filename, document.format, document.encoding, digest, shown, tables, issues, base=base, seen=seen)
    written: dict[Key, Cells] = {}
    for native in (t for t in document.tables if t.native):
        for row in native.rows:
            result.rows += 1
            put_native(draft, native, row, written)
    for mapped in sorted(tables, key=lambda t: list(REQUIRED).index(t.kind) if t.kind != "faq" else len(REQUIRED)):
        for row in mapped.rows:
            result.rows += 1
            if (raw := put_row(draft, mapped, row, written)) is not None:
                result.raw.append(raw)
            meter.clock()
    known = {t.name for t in tables}
    for rest in (t for t in document.tables if not t.native and t.name not in known):
        result.raw += [{"kind": "", "id": "", "table": rest.name, "row": r.number, "cells": r.cells} for r in rest.rows]
    if draft.bodies:
        draft.finish()
    _compare(draft, result)
    return result


def _bytes(file: bytes | Path | BinaryIO, filename: str) -> tuple[bytes, str]:
    most = limits().file_bytes + 1
    if isinstance(file, bytes):
        return file, filename
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return opened.read(most), filename or file.name
    return file.read(most), filename


def base_of(target: Target) -> tuple[City | None, str]:
    """The city that is there, drafts over what is published, and a digest by which a change meanwhile is noticed."""
    if target is None:
        return None, ""
    if isinstance(target, City):
        return target, target.digest
    if isinstance(target, Path):
        city = load_city(target) if (target / "city.yaml").is_file() else None
        return city, city.digest if city else ""
    try:
        published = city_from(target, Path("database"))
    except NotFound:
        return None, ""
    waiting = target.open_versions(OPEN)
    drafts = [(v.kind, v.record, v.body) for v in waiting]
    seen = f"{published.digest}:{','.join(str(v.id) for v in waiting)}"
    return with_bodies(published, drafts) if drafts else published, seen


def _tables(tables: list[Table], kind: str | None, mapping: Mapping | None, issues: Issues) -> Iterator[Mapped]:
    for table in tables:
        if table.native:
            continue
        mapped = locate(table, kind, mapping)
        if mapped is None:
            wanted = "、".join(dict.fromkeys(headers()[k][f][0] for k, f in REQUIRED.items()))
            text = (
                f"「{table.name}」前 {limits().header_within_rows} 行里没有找到表头（要有{wanted}之一），只留在报告里"
            )
            issues.add(Issue(Severity.WARNING, "no-header", text, table.name))
            continue
        for row in mapped.above:
            text = f"表头上面的文字没有导入：{' '.join(map(text_of, row.cells)).strip()[:100]}"
            issues.add(Issue(Severity.NOTICE, "above-header", text, table.name, row.number))
        for column in mapped.columns:
            if column.how == "未识别":
                text = f"「{column.header}」这一列没有对应的字段，内容放进备注"
                issues.add(Issue(Severity.NOTICE, "unknown-column", text, table.name, mapped.header_row, column.header))
        yield mapped


def _compare(draft: Draft, result: Preview) -> None:
    for (kind, id_), body in draft.bodies.items():
        cells = draft.origin.get((kind, id_)) or Cells("", 0, {}, {})
        try:
            made = body_of(record_of(kind, body))
        except Invalid as error:
            for problem in error.problems:
                draft.tell(Severity.ERROR, "schema", problem, cells)
            continue
        except KeyError as error:
            raise refuse("unknown-kind", f"「{kind}」不是能导入的类别") from error
        old = _old(result.base, kind, id_)
        fields = tuple(field_changes(old or {}, made)) if old is None or old != made else ()
        action: Action = "created" if old is None else "updated" if fields else "unchanged"
        name = str(made.get("name") or made.get("question") or made.get("title") or id_)
        result.changes.append(Change(kind, id_, name, action, cells.table, cells.row, fields))
        if action != "unchanged":
            result.bodies[kind, id_] = made


def _old(base: City | None, kind: str, id_: str) -> dict[str, Any] | None:
    if base is None:
        return None
    if kind == "city":
        return body_of(base.info) if base.info.id == id_ else None
    record = getattr(base, FOLDER_OF[kind]).get(id_)
    return body_of(record) if record is not None else None

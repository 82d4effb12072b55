"""`python -m knowledge_base import FILE …` and `export …`.

The benchmark of a real corpus: `python -m knowledge_base import guides_no_alias.jsonl --into DIR --apply --json` prints
`seconds`; `python -m index build --city DIR --index DIR2` makes it searchable.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

from ..city import City
from ..loader import load_city
from ..problems import ContentError, Severity
from ..store import Store, StoreError
from .applying import Applied, apply, defects_of
from .export import FORMATS, export, write_yaml
from .flat import KINDS
from .mapping import Mapping
from .preview import Preview, preview
from .problems import Issue, Refused

_LABELS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTICE: "提示"}
_ACTIONS = {"created": "新增", "updated": "修改", "unchanged": "不变"}
_SHOWN = 20
_CUT = 60


def add_parsers(commands: Any) -> None:
    """The two subcommands."""
    city = Path(os.environ["CITY"]) if os.environ.get("CITY") else None
    url = os.environ.get("DATABASE_URL", "")
    into = commands.add_parser("import", help="从 Excel、CSV、JSON、Word 导入（默认只预览）")
    into.add_argument("file", type=Path, metavar="FILE")
    into.add_argument("--into", type=Path, metavar="DIR", help="导入这个城市文件夹；没有就新建一座城市")
    into.add_argument("--database", default="", metavar="URL", help="导入数据库，存为待审核的草稿")
    into.add_argument("--publish", action="store_true", help="和 --database 一起用：直接发布")
    into.add_argument("--apply", action="store_true", help="真的写入；不写就只预览")
    into.add_argument("--mapping", type=Path, metavar="FILE", help="列对应文件：有就用它，没有就把猜的存进去")
    into.add_argument("--kind", choices=KINDS, help="表里是什么：事项、常见问题、材料、地点")
    into.add_argument("--name", default="", help="新城市的名称")
    into.add_argument("--who", default=os.environ.get("USER", "import"), help="谁导入的")
    into.add_argument("--why", default="批量导入", help="为什么")
    into.add_argument("--report", type=Path, metavar="FILE", help="把完整报告写成 JSON")
    into.add_argument("--no-lint", action="store_true", help="预览时不检查内容")
    out = commands.add_parser("export", help="导出为 Excel、CSV、JSON、Word、YAML")
    out.add_argument(
        "output", type=Path, metavar="FILE", help=f"扩展名定格式：{'、'.join(FORMATS)}；文件夹名则写整套 YAML"
    )
    out.add_argument("--city", type=Path, default=city, metavar="FOLDER", help="城市内容的文件夹")
    out.add_argument("--database", default=url if not city else "", metavar="URL", help="导出数据库里已发布的内容")
    out.add_argument("--kind", action="append", default=None, help="只导这一类（可多次）")
    out.add_argument("--id", action="append", default=None, dest="ids", help="只导这一条（可多次）")
    for command in (into, out):
        command.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")


def run(options: argparse.Namespace) -> int:
    """0 done, 1 the file or content is at fault, 2 the command is."""
    try:
        return _import(options) if options.command == "import" else _export(options)
    except Refused as error:
        _say_issues(error.issues)
        if options.json:
            print(json.dumps({"importable": False, "issues": [i.as_json() for i in error.issues]}, ensure_ascii=False))
        return 1
    except (ContentError, StoreError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _import(options: argparse.Namespace) -> int:
    start = monotonic()
    if bool(options.into) == bool(options.database):
        print("请用 --into DIR 或 --database URL 说明导到哪里", file=sys.stderr)
        return 2
    target = options.into or _store(options.database)
    saved = options.mapping if options.mapping and options.mapping.is_file() else None
    mapping = Mapping.from_yaml(saved.read_bytes()) if saved else None
    found = preview(options.file, "", mapping, target, options.kind, options.name)
    _say(found)
    if options.mapping and not saved:
        options.mapping.write_text(found.mapping.to_yaml(), encoding="utf-8")
        print(f"列对应已存到 {options.mapping}")
    done = None
    if not found.importable:
        print(f"\n有 {found.issues.errors} 处错误，没有写入任何内容；改好以后再导入。")
    elif options.apply:
        done = apply(found, target, options.who, options.why, options.publish)
        print(f"\n已写入 {done.written} 条。" if done.written else "\n和现有内容完全一样，没有改动。")
    else:
        lint = [] if options.no_lint or not found.bodies else defects_of(found)
        done = Applied(0, lint)
        print("\n以上是预览，没有写入；确认后加 --apply。")
    if done:
        _say_defects(done.defects)
    report = found.as_json() | {"applied": asdict(done) if done else None, "seconds": round(monotonic() - start, 1)}
    if options.report:
        report_text = json.dumps(report, ensure_ascii=False, indent=1, default=str)
        options.report.write_text(report_text, encoding="utf-8")
    if options.json:
        short = report | {"changes": report["changes"][:_SHOWN], "issues": report["issues"][:_SHOWN]}
        defects = [{**d, "places": d["places"][:1]} for d in done.defects] if done else []
        print(
            json.dumps(
                short | {"applied": {**asdict(done), "defects": defects} if done else None},
                ensure_ascii=False,
                default=str,
            )
        )
    return 0 if found.importable else 1


def _store(url: str) -> Store:
    from sqlalchemy import create_engine

    from ..store.migrate import migrate

    engine = create_engine(url)
    migrate(engine)
    return Store(engine)


def _say(found: Preview) -> None:
    print(f"{found.filename}：{found.format}{' ' + found.encoding if found.encoding else ''}，{found.rows} 行")
    for table in found.tables:
        print(f"\n「{table.name}」→ {table.kind}，表头在第 {table.header_row} 行")
        for column in table.columns:
            how = column.how if column.how != "相似" else f"相似 {column.score:.2f}"
            print(f"  {column.letter:>3} {column.header[:24]:<24} → {column.field:<20} {how}")
    print("\n" + "，".join(f"{_ACTIONS[a]} {n}" for a, n in found.counts.items()))
    for change in [c for c in found.changes if c.action != "unchanged"][:_SHOWN]:
        print(f"  {_ACTIONS[change.action]} {change.kind} {change.id} {change.name[:40]}")
        for field in change.fields[:_SHOWN] if change.action == "updated" else ():
            print(f"      {field.path}: {_cut(field.before)} → {_cut(field.after)}")
    rest = sum(n for a, n in found.counts.items() if a != "unchanged") - _SHOWN
    if rest > 0:
        print(f"  …… 另有 {rest} 条，用 --report 看全部")
    if found.issues.counts:
        print("\n导入时发现的问题：")
        for severity, rule, number in found.issues.by_rule():
            print(f"  {_LABELS[severity]} {rule:<24}{number:>6}")
        _say_issues([i for i in found.issues.kept if i.severity != Severity.NOTICE])


def _say_issues(issues: list[Issue]) -> None:
    for issue in issues[:_SHOWN]:
        where = f"{issue.table} 第{issue.row}行" if issue.row else issue.table
        column = f"「{issue.column}」列" if issue.column else ""
        print(f"  {_LABELS[issue.severity]} {where} {column} {issue.message}".replace("  ", " ", 1))
    if len(issues) > _SHOWN:
        print(f"  …… 另有 {len(issues) - _SHOWN} 处，用 --report 看全部")


def _say_defects(defects: list[dict[str, Any]]) -> None:
    if defects:
        print("\n内容检查（只算这次导入带来的）：")
    for defect in defects:
        label, counts = _LABELS[Severity(defect["severity"])], f"{defect['count']:>7} 次 {defect['records']:>6} 处"
        print(f"  {label} {defect['rule']:<24}{counts}  {defect['about']}")


def _cut(value: Any) -> str:
    text = "（无）" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _CUT else text[:_CUT] + "…"


def _export(options: argparse.Namespace) -> int:
    city = _city(options)
    format_ = options.output.suffix.lstrip(".").lower()
    if format_ in ("", "yaml") and options.output.suffix != ".zip":
        made = write_yaml(city, options.output)
        told = {"folder": str(options.output), "records": sum(1 for _ in made.entities())}
    else:
        data = export(city, "yaml" if format_ == "zip" else format_, options.kind, options.ids)
        options.output.write_bytes(data)
        told = {"file": str(options.output), "bytes": len(data)}
    print("，".join(f"{k} {v}" for k, v in told.items()))
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    return 0


def _city(options: argparse.Namespace) -> City:
    if options.database:
        from ..store.served import city_from

        return city_from(_store(options.database), Path("database"))
    return load_city(options.city)

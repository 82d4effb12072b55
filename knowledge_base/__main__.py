"""`python -m knowledge_base stats|lint|districts|import|export [--json]`; `--help` of each tells the rest."""

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from .districts import Districts, side_by_side
from .exchange import cli as exchange
from .lint import RULES, lint_folder
from .loader import read_city
from .navigation import UnknownTarget
from .problems import Problem, Severity
from .stats import stats

_ABOUT = {rule.id: rule.about for rule in RULES}
_LABELS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTICE: "提示"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_base", description="城市内容：统计与检查")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("stats", "数一数内容"),
        ("lint", "检查内容，有错误时退出码为 1"),
        ("districts", "一个事项在各区：哪些一样，哪些不同"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")
        default = Path(os.environ["CITY"]) if os.environ.get("CITY") else None
        command.add_argument("--city", type=Path, default=default, metavar="FOLDER", help="城市内容的文件夹")
        if name == "lint":
            command.add_argument("--quiet", action="store_true", help="只看错误")
            command.add_argument("--rule", action="append", default=[], help="只看这条规则（可多次）")
            command.add_argument("--file", default="", help="只看文件名里含有这段文字的")
        if name == "districts":
            command.add_argument("item", metavar="ITEM", help="事项的编号")
    exchange.add_parsers(commands)
    return parser


def _counts(problems: list[Problem]) -> dict[str, int]:
    counts = Counter(p.severity for p in problems)
    return {f"lint_{severity}s": counts[severity] for severity in Severity}


def _lint(options: argparse.Namespace) -> int:
    city, problems = lint_folder(options.city)
    shown = [
        p
        for p in problems
        if (not options.quiet or p.severity is Severity.ERROR)
        and (not options.rule or p.rule in options.rule)
        and options.file in p.file
    ]
    for severity, group in groupby(shown, key=lambda p: p.severity):
        print(f"\n== {_LABELS[severity]} ==")
        for rule, found in groupby(group, key=lambda p: p.rule):
            print(f"[{rule}] {_ABOUT.get(rule, '')}")
            for p in found:
                print(f"  {p.file}:{p.line}: {p.message}")
    print("\n== 小结 ==")
    for (severity, rule), number in sorted(Counter((p.severity, p.rule) for p in shown).items()):
        print(f"  {_LABELS[severity]} {rule:<26}{number:>5}")
    counts = _counts(problems)
    print("  " + "，".join(f"{_LABELS[s]} {counts[f'lint_{s}s']}" for s in Severity))
    if city is None:
        print("  内容没有读进来，上面的错误改好以后才能检查其他规则。")
    if options.json:
        rules = Counter(p.rule for p in problems)
        listed = [asdict(p) for p in shown]
        print(json.dumps({**counts, "rules": rules, "problems": listed}, ensure_ascii=False))
    return 1 if counts["lint_errors"] else 0


_SCOPES = {
    "": "事项",
    "_bundles": "一件事",
    "_all": "事项和一件事",
    "_several": "其中有两个以上问题的",
    "_outcomes": "每种结果算一次",
}
_ORDERS = {"": "", "_as_written": "，按书写顺序", "_random": "，随机顺序", "_every": "，每个问题都问"}
_NAMES = {
    "items": "事项",
    "items_with_situations": "分情形的事项",
    "handling_items": "业务办理项",
    "paths_proved": "走通的问答路径",
    "targets_unproved": "没走通的事项和一件事",
    "bundles": "一件事",
    "faqs": "常见问题",
    "phrasings": "问法",
    "policies": "政策",
    "benefits": "带条件的待遇",
    "places": "地点",
    "rehearsals": "网上申报演练",
    "rehearsal_screens": "  其中的屏",
    "materials": "材料",
    "facts": "事实",
    "sources": "依据",
    **{
        f"mean_questions{scope}{order}": f"{'' if order else '平均问几个问题：'}{about}{how}"
        for scope, about in _SCOPES.items()
        for order, how in _ORDERS.items()
    },
    "lint_errors": "错误",
    "lint_warnings": "警告",
    "lint_notices": "提示",
}


def _stats(options: argparse.Namespace) -> int:
    city, problems = lint_folder(options.city)
    if city is None:
        print("\n".join(map(str, problems)), file=sys.stderr)
        return 1
    counted = stats(city, problems)
    for name, number in counted.items():
        print(f"{number:>8}  {_NAMES[name]}")
    if options.json:
        print(json.dumps(counted, ensure_ascii=False))
    return 0


def _districts(options: argparse.Namespace) -> int:
    city, problems = read_city(options.city)
    if city is None:
        print("\n".join(map(str, problems)), file=sys.stderr)
        return 1
    try:
        found = side_by_side(city, options.item)
    except UnknownTarget:
        print(f"没有编号是「{options.item}」的事项", file=sys.stderr)
        return 2
    except (LookupError, ValueError) as error:
        print(f"事项「{options.item}」走不通，先用 lint 检查：{error}", file=sys.stderr)
        return 1
    _say_districts(found, city.info.unsourced)
    if options.json:
        print(json.dumps(found.model_dump(mode="json"), ensure_ascii=False))
    return 0


def _say_districts(found: Districts, unsourced: str) -> None:
    print(f"{found.title}（{found.target}），{len(found.columns)} 个地方")
    print("\n== 各地一样 ==")
    for row in found.rows:
        if row.agrees:
            print(f"{row.label}：{'；'.join(row.values[0]) or unsourced}")
    print("\n== 各地不同 ==" if any(not row.agrees for row in found.rows) else "\n各地都一样。")
    for row in found.rows:
        if not row.agrees:
            print(f"{row.label}{'' if row.own else '（应当一样，请核对）'}")
            for column, lines in zip(found.columns, row.values, strict=True):
                print(f"  {column.name}：{'；'.join(lines) or unsourced}")


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.command in ("import", "export"):
            return exchange.run(options)
        return {"lint": _lint, "stats": _stats, "districts": _districts}[options.command](options)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

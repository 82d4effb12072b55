"""Writes what a preview showed: all of it or nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..city import City
from ..lint import RULES, lint_city
from ..lint.records import Linted, RecordProblem, lint_all, relint
from ..loader import load_city
from ..problems import Severity
from ..store import Store
from ..store.served import city_of, with_bodies
from .folder import recover, staged, swap, write_bodies, write_reports
from .preview import Preview, base_of
from .problems import refuse
from .settings import limits

_ABOUT = {rule.id: rule.about for rule in RULES}
_ORDER = list(Severity)


@dataclass(frozen=True)
class Applied:
    """`defects` are the linter's findings that the import brought, by rule with counts, number of places concerned, and the first of them.

    `revision` of the database where records were published; `drafts` are ids of versions that wait for review.
    """

    written: int
    defects: list[dict[str, Any]]
    revision: int | None = None
    drafts: tuple[int, ...] = ()


def defects_of(preview: Preview) -> list[dict[str, Any]]:
    """What the linter would find that it does not find now. Nothing is written."""
    bodies = [(kind, id_, body) for (kind, id_), body in preview.bodies.items()]
    if preview.base is None:
        before, city = Counter[tuple[str, str]](), city_of(bodies)
        after = lint_all(city)
    else:
        linted = lint_all(preview.base)
        before = Counter((p.rule, p.message) for p in _problems(linted))
        after = relint(linted, with_bodies(preview.base, bodies))
    return _grouped(
        before, [(p.severity, p.rule, f"{p.folder}/{p.record}", p.path, p.message) for p in _problems(after)]
    )


def _problems(linted: Linted) -> list[RecordProblem]:
    return [p for found in linted.by_record().values() for p in found]


def apply(preview: Preview, target: Store | Path, who: str, why: str, publish: bool = False) -> Applied:
    """Writes the preview's records into a city's folder, or into the database as drafts (`publish`: at once).

    Raises Refused for a preview with errors, for a target that changed since the preview, and for publishing into content
    that is already there while the linter finds new errors; a refused import leaves the target as it was.
    """
    if not preview.importable:
        raise refuse("errors", f"文件里还有 {preview.issues.errors} 处错误，改好以后才能导入")
    if isinstance(target, Path):
        recover(target)
    base, seen = base_of(target)
    if seen != preview.seen:
        raise refuse("changed", "预览之后内容又被改过，请重新预览再导入")
    if not preview.bodies:
        return Applied(0, [])
    if isinstance(target, Path):
        return _into_folder(preview, target, who, why)
    defects = defects_of(preview)
    broken = [d["rule"] for d in defects if d["severity"] == Severity.ERROR]
    if publish and base is not None and broken:
        raise refuse("defects", f"导入会带来新的检查错误（{'、'.join(broken[:5])}），请存为草稿，审核改好再发布")
    return _into_store(preview, target, who, why, publish, defects)


def _into_folder(preview: Preview, target: Path, who: str, why: str) -> Applied:
    with staged(target) as folder:
        _, defects = _lint(preview, folder)
        write_reports(folder, preview, defects, who, why)
        swap(folder, target)
    return Applied(len(preview.bodies), defects)


def _into_store(
    preview: Preview, store: Store, who: str, why: str, publish: bool, defects: list[dict[str, Any]]
) -> Applied:
    entries = [(kind, id_, body) for (kind, id_), body in preview.bodies.items()]
    if publish:
        return Applied(len(entries), defects, store.put_published(entries, who, why, origin=preview.filename[:200]))
    newest = store.newest_ids([(kind, id_) for kind, id_, _ in entries])
    bodies = [(kind, body, newest.get((kind, id_))) for kind, id_, body in entries]
    saved = store.save_all(bodies, who, why, origin=preview.filename[:200])
    return Applied(len(entries), defects, drafts=tuple(version.id for version in saved))


def _lint(preview: Preview, folder: Path) -> tuple[City, list[dict[str, Any]]]:
    """The city with the import in `folder`, and the problems that it brought."""
    # Lines are read from files: the records must stand in the folder before anything is changed there.
    old = load_city(folder) if preview.base else None
    before = Counter((p.rule, p.message) for p in (lint_city(old) if old else ()))
    city = write_bodies(folder, old, preview.bodies)
    problems = [(p.severity, p.rule, p.file, p.line, p.message) for p in lint_city(city)]
    return city, _grouped(before, problems)


def _grouped(
    before: Counter[tuple[str, str]], problems: Sequence[tuple[Severity, str, str, int | str, str]]
) -> list[dict[str, Any]]:
    """Those that were not there before, by rule."""
    grouped: dict[tuple[Severity, str], list[tuple[str, int | str, str]]] = {}
    for severity, rule, file, at, message in problems:
        if before[rule, message]:
            before[rule, message] -= 1
        else:
            grouped.setdefault((severity, rule), []).append((file, at, message))
    return [
        {
            "severity": severity,
            "rule": rule,
            "about": _ABOUT.get(rule, ""),
            "count": len(found),
            "records": len({(file, at) for file, at, _ in found}),
            "places": [
                {"file": file, "line": at, "message": message}
                for file, at, message in found[: limits().issues_of_a_rule]
            ],
        }
        for (severity, rule), found in sorted(grouped.items(), key=lambda g: (_ORDER.index(g[0][0]), -len(g[1])))
    ]

"""What is wrong with an imported file, said by table, row and column."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from ..problems import Severity
from .settings import limits


@dataclass(frozen=True)
class Issue:
    """`row` counts from 1 as the spreadsheet shows it, 0: the whole table; `column` is the header or its letter."""

    severity: Severity
    rule: str
    message: str
    table: str = ""
    row: int = 0
    column: str = ""
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Refused(Exception):
    """The file is not imported. `issues` says why, in Chinese; `str()` is the first of them."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues
        super().__init__(issues[0].message if issues else "文件不能导入")


def refuse(rule: str, message: str, table: str = "", row: int = 0, column: str = "") -> Refused:
    return Refused([Issue(Severity.ERROR, rule, message, table, row, column)])


@dataclass
class Issues:
    """Keeps the first places of each rule and counts all of them, so that a hopeless file needs no memory."""

    kept: list[Issue] = field(default_factory=list)
    counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)

    def add(self, issue: Issue) -> None:
        self.counts[issue.severity, issue.rule] += 1
        if self.counts[issue.severity, issue.rule] <= limits().issues_of_a_rule:
            self.kept.append(issue)

    @property
    def errors(self) -> int:
        return sum(n for (severity, _), n in self.counts.items() if severity is Severity.ERROR)

    def by_rule(self) -> Iterator[tuple[Severity, str, int]]:
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
        for (severity, rule), number in sorted(self.counts.items(), key=lambda x: (order[x[0][0]], -x[1], x[0][1])):
            yield severity, rule, number

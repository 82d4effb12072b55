"""Problems of single records of a city that is not in files: what an editor is told while he edits."""

from collections.abc import Collection, Sequence
from datetime import date

from pydantic import BaseModel

from .. import in_force
from ..city import City
from ..problems import Severity
from .context import Context, Rule, load_thresholds
from .rules import RULES


class RecordProblem(BaseModel):
    """`path` leads to the field inside the record, like `fee.lines.0`."""

    severity: Severity
    rule: str
    folder: str
    record: str
    path: str
    message: str


def lint_records(
    city: City, records: Collection[tuple[str, str]], today: date | None = None, rules: Sequence[Rule] = RULES
) -> list[RecordProblem]:
    """Problems of `records`, given as (folder, id), as they stand among all others; errors first."""
    context = Context(city, load_thresholds(), today or in_force.today())
    found = [
        RecordProblem(
            severity=rule.severity,
            rule=rule.id,
            folder=f.folder,
            record=f.key,
            path=".".join(map(str, f.path)),
            message=f.message,
        )
        for rule in rules
        for f in rule.check(context)
        if (f.folder, f.key) in records
    ]
    order = list(Severity)
    return sorted(found, key=lambda p: (order.index(p.severity), p.record, p.path, p.rule))

"""Problems of single records of a city that is not in files: what an editor is told while he edits."""

from collections.abc import Collection
from datetime import date

from pydantic import BaseModel

from ..city import City
from ..problems import Severity
from .context import Context, load_thresholds
from .rules import RULES
from .run import today_in_china


class RecordProblem(BaseModel):
    """`path` leads to the field inside the record, like `fee.lines.0`."""

    severity: Severity
    rule: str
    folder: str
    record: str
    path: str
    message: str


def lint_records(city: City, records: Collection[tuple[str, str]], today: date | None = None) -> list[RecordProblem]:
    """Problems of `records`, given as (folder, id), as they stand among all others; errors first."""
    context = Context(city, load_thresholds(), today or today_in_china())
    found = [
        RecordProblem(
            severity=rule.severity,
            rule=rule.id,
            folder=f.folder,
            record=f.key,
            path=".".join(map(str, f.path)),
            message=f.message,
        )
        for rule in RULES
        for f in rule.check(context)
        if (f.folder, f.key) in records
    ]
    order = list(Severity)
    return sorted(found, key=lambda p: (order.index(p.severity), p.record, p.path, p.rule))

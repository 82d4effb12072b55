"""What one generation serves, as a single document beside the others: replacing it publishes.

Every unit and document carries the edition that wrote it, and a reader asks for what its state names: editions up to
`changes`, without those given up (`abandoned`) and without copies that a later edition replaced (`superseded`). So what a
broken-off publish has written is never seen, even where a replica becomes primary and shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..engine import Manifest
from ..errors import IndexMismatch

ID = "state"
LAYOUT = 2
"""Of our indices: templates, mappings, state. Another one is not read."""


@dataclass(frozen=True)
class State:
    """`changes`: the edition that is served, 0 for the build. `attempt`: the edition that was begun last. `superseded`:
    (seconds since 1970, copies replaced then), oldest first."""

    version: str
    manifest: Manifest
    changes: int = 0
    attempt: int = 0
    abandoned: tuple[int, ...] = ()
    superseded: tuple[tuple[float, tuple[str, ...]], ...] = field(default=())

    def begun(self) -> State:
        """The next edition's writing begins; one begun before and not published is given up."""
        lost = (self.attempt,) if self.attempt > self.changes else ()
        return replace(self, attempt=self.attempt + 1, abandoned=(*self.abandoned, *lost))

    def published(self, copies: Iterable[str], swept: Iterable[str], at: float) -> State:
        """The edition that was begun is served; `copies` are replaced by it, `swept` were deleted."""
        gone = frozenset(swept)
        left = ((when, tuple(c for c in old if c not in gone)) for when, old in self.superseded)
        kept = tuple(entry for entry in left if entry[1])
        fresh = tuple(copies)
        return replace(self, changes=self.attempt, superseded=(*kept, (at, fresh)) if fresh else kept)

    def replaced_before(self, moment: float) -> list[str]:
        return [copy for when, copies in self.superseded if when < moment for copy in copies]

    def filters(self) -> list[dict[str, Any]]:
        """Clauses that leave what this state serves."""
        hidden: list[dict[str, Any]] = []
        if self.abandoned:
            hidden.append({"terms": {"edition": list(self.abandoned)}})
        if copies := [copy for _, old in self.superseded for copy in old]:
            hidden.append({"terms": {"copy": copies}})
        served: list[dict[str, Any]] = [{"range": {"edition": {"lte": self.changes}}}]
        return [*served, {"bool": {"must_not": hidden}}] if hidden else served

    def to_json(self) -> str:
        return json.dumps({"layout": LAYOUT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> State:
        raw = json.loads(text)
        layout = raw.pop("layout", 0)
        if layout != LAYOUT:
            raise IndexMismatch(
                "Elasticsearch 中的索引出自更新的程序，请先升级本程序"
                if layout > LAYOUT
                else "Elasticsearch 中的索引出自旧版程序，请重新运行 python -m index build"
            )
        made = raw.pop("manifest")
        made["region_names"] = tuple((region, tuple(names)) for region, names in made["region_names"])
        return cls(
            manifest=Manifest(**made),
            abandoned=tuple(raw.pop("abandoned")),
            superseded=tuple((when, tuple(copies)) for when, copies in raw.pop("superseded")),
            **raw,
        )


def copy_of(document: str, edition: int) -> str:
    """Names one edition of a document; `@` is in no id."""
    return f"{document}@{edition}"

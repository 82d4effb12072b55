"""An import into the database in a process of its own: no file can fill another process's memory or hold it up.

`python -m knowledge_base.exchange.apart` reads a job (JSON) from standard input and writes what came of it to standard output.
"""

import hashlib
import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import create_engine

from ..city import City
from ..store import Conflict, Store, StoreError
from ..store.diff import OutcomeChange, affected, outcome_changes
from ..store.served import with_bodies
from .applying import apply, defects_of
from .cells import text_of
from .mapping import Mapped, Mapping
from .preview import Preview, preview
from .problems import Issue, Refused
from .settings import limits


class Job(BaseModel):
    """`state` of the preview that is to be written; "" only previews. `submit` sends the drafts to review at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str
    file: Path
    filename: str
    kind: str | None = None
    mapping: Mapping | None = None
    state: str = ""
    who: str = ""
    why: str = ""
    submit: bool = True


class Refusal(BaseModel):
    """`why` file: nothing can be read of it, or it has errors; size: it is too much; changed: something changed since the preview."""

    why: Literal["file", "size", "changed"]
    detail: str
    issues: list[dict[str, Any]] = Field(default_factory=list)


class Done(BaseModel):
    """One of the three."""

    refusal: Refusal | None = None
    preview: dict[str, Any] | None = None
    applied: dict[str, Any] | None = None


_TOO_MUCH = ("too-large", "too-much", "too-many-rows", "too-many-columns", "too-slow", "zip-bomb")


def run(job: Job) -> Done:
    """Everything that can be wrong with a file is a refusal, not an exception."""
    try:
        store = Store(create_engine(job.database))
        found = preview(job.file, job.filename, job.mapping, store, job.kind)
        state = hashlib.sha256(f"{found.digest} {found.seen}".encode()).hexdigest()
        if not job.state:
            return Done(preview=_shown(found) | {"state": state})
        if job.state != state:
            return _refused("changed", "文件、列对应或知识库在预览之后变了，请重新预览再导入")
        done = apply(found, store, job.who, job.why)
        if job.submit:
            store.submit_all(done.drafts, job.who)
        return Done(applied=asdict(done) | {"unchanged": found.counts["unchanged"]})
    except Refused as error:
        too_much = error.issues and error.issues[0].rule in _TOO_MUCH
        return _refused("size" if too_much else "file", str(error), error.issues)
    except Conflict as error:
        return _refused("changed", str(error))
    except StoreError as error:
        return _refused("file", str(error))
    except MemoryError:
        return _refused("size", "文件内容太多，内存装不下，请拆成几个文件")


def _refused(why: Literal["file", "size", "changed"], detail: str, issues: list[Issue] | None = None) -> Done:
    return Done(refusal=Refusal(why=why, detail=detail, issues=[i.as_json() for i in issues or ()]))


def _shown(found: Preview) -> dict[str, Any]:
    samples = {(t.name, c.index): _samples(t, c.index) for t in found.tables for c in t.columns}
    shown = found.as_json(limits().changes_shown)
    shown["columns"] = [c | {"samples": samples[c["table"], c["index"]]} for c in shown["columns"]]
    importable = found.importable and found.bodies
    return shown | {
        "defects": defects_of(found) if importable else [],
        "outcomes": [asdict(o) for o in _outcomes(found.base, found)] if importable and found.base else [],
    }


def _samples(table: Mapped, index: int) -> list[str]:
    texts = (text_of(r.cells[index]) for r in table.rows if index < len(r.cells))
    return list(dict.fromkeys(t[: limits().sample_characters] for t in texts if t))[: limits().samples]


def _outcomes(base: City, found: Preview) -> list[OutcomeChange]:
    """What applicants would see change, of the first items and bundles that changed records touch."""
    changed = [(c.kind, c.id) for c in found.changes if c.action == "updated" and c.kind != "city"]
    targets = list(dict.fromkeys(t for kind, id_ in changed for t in affected(base, kind, id_)))
    after = with_bodies(base, [(kind, id_, body) for (kind, id_), body in found.bodies.items()])
    try:
        return outcome_changes(base, after, targets[: limits().outcome_targets])
    except (KeyError, ValueError):
        return []  # cannot be walked: the defects say why


def main() -> None:
    most = limits().process_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    job = Job.model_validate_json(sys.stdin.buffer.read())
    done = run(job).model_dump(mode="json")
    sys.stdout.write(json.dumps(done, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()

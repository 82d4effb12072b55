"""Many versions reviewed in one act: an import's drafts. Publishing takes a list already (`/v1/maintain/publish`)."""

from fastapi import APIRouter

from ..batching import Batch, BatchChecked, BatchNote, checked_together, refuse_errors_together
from ..maintaining import VersionShown, shown
from ..maintenance import done
from ..problems import ProblemError
from .maintain import Stored
from .session import Editor, Held, Reader, Reviewer

router = APIRouter(prefix="/v1/maintain/batch", tags=["maintain"])


@router.post("/check")
def check(asked: Batch, _: Reader, held: Held, store: Stored) -> BatchChecked:
    """What they would change together, and what is wrong with them."""
    versions = done(lambda: store.several(asked.versions))
    return checked_together(held.lint.served(held.city), store, versions)


@router.post("/submit")
def submit(asked: Batch, by: Editor, store: Stored) -> list[VersionShown]:
    return [shown(v) for v in done(lambda: store.submit_all(asked.versions, by.name))]


@router.post("/approve")
def approve(asked: BatchNote, by: Reviewer, held: Held, store: Stored) -> list[VersionShown]:
    """All or none. Refused for the author of any, and while the linter finds errors with all of them in place."""
    refuse_errors_together(held.lint.served(held.city), done(lambda: store.several(asked.versions)))
    return [shown(v) for v in done(lambda: store.approve_all(asked.versions, by.name, asked.note))]


@router.post("/send-back")
def send_back(asked: BatchNote, by: Reviewer, store: Stored) -> list[VersionShown]:
    if not asked.note:
        raise ProblemError(422, "请写明要改什么。")
    return [shown(v) for v in done(lambda: store.send_back_all(asked.versions, by.name, asked.note))]

"""What an edit can run into. Messages are Chinese and for the person who edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tables import Version


class StoreError(Exception):
    """Base; `str()` is shown to the editor."""


class NotFound(StoreError):
    """No such record or version."""


class WrongState(StoreError):
    """The version is not in a state that allows this."""


class Forbidden(StoreError):
    """The author may not approve his own change."""


class Conflict(StoreError):
    """Somebody else changed the record meanwhile. `theirs` is the newest version; the editor's text is not lost."""

    def __init__(self, theirs: Version) -> None:
        self.theirs = theirs
        super().__init__(f"{theirs.author} 在您编辑期间改过这条内容（第{theirs.number}版），请对照后再保存")

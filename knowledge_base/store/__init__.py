"""Knowledge in the database: versions, review, publishing, roll-back. Nothing is ever deleted."""

from .errors import Conflict, Forbidden, NotFound, StoreError, WrongState
from .store import Store
from .tables import State, Version

__all__ = ["Conflict", "Forbidden", "NotFound", "State", "Store", "StoreError", "Version", "WrongState"]

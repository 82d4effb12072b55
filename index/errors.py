"""Everything that can go wrong here and that a caller may want to tell apart. Messages are for people, in Chinese."""

from __future__ import annotations


class IndexError_(Exception):
    """Root of the room's errors (the underscore keeps the built-in's name free)."""


class EngineUnavailable(IndexError_):
    """The engine does not answer (server gone, connection refused, time-out). Trying again later may succeed."""


class Unconfirmed(EngineUnavailable):
    """The last answer of a publish did not come: it may be served or not. Publishing once more does no harm."""


class AccessDenied(IndexError_):
    """The engine does not know the key, or the key may not do this."""


class IndexMissing(IndexError_):
    """Nothing was built yet at the given place."""


class IndexMismatch(IndexError_):
    """The index on disk was made by another analysis, encoder or format than the one that would read it."""


class IndexDamaged(IndexError_):
    """Files of the index are missing or unreadable: rebuild it."""


class MigrationFailed(IndexError_):
    """What was moved is not what was there; nothing else is served than before."""


class EncoderMissing(IndexError_):
    """No encoder at the given folder, or its files are not those it was fetched with."""


class SettingsInvalid(IndexError_):
    """ranking.yaml, synonyms.yaml or another data file of the room breaks its own rules."""

"""The index: build, publish, search, suggest."""

from .build import build, publish
from .errors import (
    EncoderMissing,
    EngineUnavailable,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    SettingsInvalid,
)
from .facade import Index, open_index
from .models import (
    KINDS,
    BuildReport,
    Document,
    Hit,
    IndexSettings,
    Related,
    SearchResult,
    Section,
    Suggestion,
)

__all__ = [
    "KINDS",
    "BuildReport",
    "Document",
    "EncoderMissing",
    "EngineUnavailable",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "IndexSettings",
    "Related",
    "SearchResult",
    "Section",
    "SettingsInvalid",
    "Suggestion",
    "build",
    "open_index",
    "publish",
]

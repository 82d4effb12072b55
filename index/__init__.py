"""The index: build, publish, search, suggest."""

from .build import build, publish
from .encoders import default_encoder
from .errors import (
    EncoderMissing,
    EngineUnavailable,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    SettingsInvalid,
)
from .facade import Index, open_index
from .from_knowledge import documents_of, region_names
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
    "default_encoder",
    "documents_of",
    "open_index",
    "publish",
    "region_names",
]

"""The index: build, publish, search, suggest."""

from .build import build, holds, publish
from .encoders import default_encoder
from .errors import (
    AccessDenied,
    EncoderMissing,
    EngineUnavailable,
    IndexDamaged,
    IndexError_,
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
    "AccessDenied",
    "BuildReport",
    "Document",
    "EncoderMissing",
    "EngineUnavailable",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexError_",
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
    "holds",
    "open_index",
    "publish",
    "region_names",
]

"""The index: build, publish, search, suggest."""

from .build import build, holds, publish
from .curations import Curations
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
from .from_knowledge import curations_of, documents_of, region_names
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
    "Curations",
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
    "curations_of",
    "default_encoder",
    "documents_of",
    "holds",
    "open_index",
    "publish",
    "region_names",
]

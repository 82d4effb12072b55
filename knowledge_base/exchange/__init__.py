"""Import and export of a city's knowledge: Excel, CSV, JSON(L) and Word in; these and YAML out."""

from .applying import Applied, apply
from .mapping import Mapping, TableMapping
from .preview import Change, Preview, preview
from .problems import Issue, Refused

__all__ = ["Applied", "Change", "Issue", "Mapping", "Preview", "Refused", "TableMapping", "apply", "preview"]

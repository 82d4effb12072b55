"""Every rule that a city's content must keep, each problem with its file and line."""

from .rules import RULES
from .run import lint_city, lint_folder

__all__ = ["RULES", "lint_city", "lint_folder"]

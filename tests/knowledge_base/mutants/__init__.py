"""For each rule of the linter, content that breaks it: new files beside a copy of the bundled ones, or an edit of one."""

from .base import Mutant
from .benefits import BENEFITS
from .curations import CURATIONS
from .guides import GUIDES
from .parts import PARTS
from .rehearsals import REHEARSALS
from .words import WORDS

MUTANTS: tuple[Mutant, ...] = (*BENEFITS, *CURATIONS, *GUIDES, *PARTS, *REHEARSALS, *WORDS)

__all__ = ["MUTANTS", "Mutant"]

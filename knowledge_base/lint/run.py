"""Runs the rules and finds the line of each finding."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import yaml

from .. import in_force
from ..city import City
from ..loader import read_city
from ..problems import Problem, Severity
from ..yaml_reader import ContentLoader, line_in
from .context import Context, Finding, Rule, load_thresholds
from .rules import RULES

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


class _Lines:
    """Lines of nodes; each file is composed once."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.nodes: dict[str, yaml.Node | None] = {}

    def place(self, finding: Finding) -> tuple[str, int]:
        """File relative to the city's folder and line from 1; line 0 for a record that stands in no file (a draft)."""
        origin = self.city.origins.get((finding.folder, finding.key))
        if finding.folder:
            file, path = (origin.file, origin.path) if origin else (f"{finding.folder}/{finding.key}", ())
        else:
            file, path = "city.yaml", ()
        if file not in self.nodes:
            at = self.city.root / file
            text = at.read_text(encoding="utf-8") if at.is_file() else None
            self.nodes[file] = yaml.compose(text, Loader=ContentLoader) if text is not None else None
        node = self.nodes[file]
        return file, line_in(node, (*path, *finding.path)) if node else 0


def lint_city(city: City, today: date | None = None, rules: Sequence[Rule] = RULES) -> list[Problem]:
    """All problems of loaded content that `rules` find, errors first, then by rule, file and line."""
    context = Context(city, load_thresholds(), today or in_force.today())
    lines = _Lines(city)
    problems = {
        Problem(rule.severity, rule.id, *lines.place(finding), finding.message)
        for rule in rules
        for finding in rule.check(context)
    }
    return sorted(problems, key=lambda p: (_ORDER[p.severity], p.rule, p.file, p.line, p.message))


def lint_folder(root: Path | None = None, today: date | None = None) -> tuple[City | None, list[Problem]]:
    """What can be read of a folder and all problems: those of loading first. Raises OSError without a folder."""
    city, problems = read_city(root)
    return city, problems + (lint_city(city, today) if city else [])

"""Runs the rules and finds the line of each finding."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from ..city import City
from ..loader import read_city
from ..problems import Problem, Severity
from ..yaml_reader import ContentLoader, Steps
from .context import Context, Finding, load_thresholds
from .rules import RULES

_CHINA = ZoneInfo("Asia/Shanghai")
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


class _Lines:
    """Lines of nodes; each file is composed once."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.nodes: dict[str, yaml.Node | None] = {}

    def place(self, finding: Finding) -> tuple[str, int]:
        """File relative to the city's folder, and line from 1."""
        origin = self.city.origins.get((finding.folder, finding.key))
        file, path = (origin.file, (*origin.path, *finding.path)) if origin else ("city.yaml", finding.path)
        if file not in self.nodes:
            text = (self.city.root / file).read_text(encoding="utf-8")
            self.nodes[file] = yaml.compose(text, Loader=ContentLoader)
        return file, _line(self.nodes[file], path)


def _line(node: yaml.Node | None, path: Steps) -> int:
    """As yaml_reader.line_of, and a single entry may stand without the list around it."""
    line = node.start_mark.line + 1 if node else 1
    for step in path:
        if isinstance(node, yaml.SequenceNode):
            if not isinstance(step, int) or step >= len(node.value):
                break
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if pair is not None:
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif step != 0:
                break
        else:
            break
    return line


def lint_city(city: City, today: date | None = None) -> list[Problem]:
    """All problems of loaded content, errors first, then by rule, file and line."""
    context = Context(city, load_thresholds(), today or datetime.now(_CHINA).date())
    lines = _Lines(city)
    problems = {
        Problem(rule.severity, rule.id, *lines.place(finding), finding.message)
        for rule in RULES
        for finding in rule.check(context)
    }
    return sorted(problems, key=lambda p: (_ORDER[p.severity], p.rule, p.file, p.line, p.message))


def lint_folder(root: Path | None = None, today: date | None = None) -> tuple[City | None, list[Problem]]:
    """What can be read of a folder and all problems: those of loading first. Raises OSError without a folder."""
    city, problems = read_city(root)
    return city, problems + (lint_city(city, today) if city else [])

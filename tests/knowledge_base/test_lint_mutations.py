"""Every rule is broken once in a copy of the content, and must say so in the right file and on the right line."""

from pathlib import Path

import pytest

from knowledge_base.__main__ import main
from knowledge_base.lint.rules import RULES
from knowledge_base.lint.run import lint_city
from knowledge_base.loader import load_city
from knowledge_base.problems import Problem, Severity

from .mutants import MUTANTS, Mutant
from .mutants.base import MARK

BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_has_a_mutant_and_every_mutant_a_rule() -> None:
    assert sorted(m.rule for m in MUTANTS) == sorted(BY_ID)


def apply(mutant: Mutant, folder: Path) -> tuple[str, int]:
    """Writes the mutant into a copy; the file and line that carry the mark."""
    written = dict(mutant.files)
    for name, (old, new) in mutant.edits.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} no longer has {old!r} once: adapt the mutant"
        written[name] = text.replace(old, new)
    marked: list[tuple[str, int]] = []
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
        marked += [(name, n) for n, line in enumerate(text.splitlines(), 1) if line.rstrip().endswith(MARK)]
    assert len(marked) == 1, f"the mutant needs one {MARK}: {marked}"
    return marked[0]


def found(mutant: Mutant, folder: Path) -> list[Problem]:
    return lint_city(load_city(folder), rules=[BY_ID[mutant.rule]])


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_rule_is_told_with_file_and_line(mutant: Mutant, content: Path) -> None:
    before = set(found(mutant, content))
    expected = apply(mutant, content)
    told = [p for p in found(mutant, content) if p not in before]
    assert expected in [(p.file, p.line) for p in told], told
    assert {(p.rule, p.severity) for p in told} == {(mutant.rule, BY_ID[mutant.rule].severity)}
    assert all(any("\u4e00" <= c <= "\u9fff" for c in p.message) for p in told)


def test_the_command_fails_with_an_error_and_says_where(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mutant = next(m for m in MUTANTS if m.rule == "unknown-source")
    file, line = apply(mutant, content)
    assert BY_ID[mutant.rule].severity is Severity.ERROR
    assert main(["lint", "--city", str(content)]) == 1
    printed = capsys.readouterr().out
    assert f"{file}:{line}: " in printed
    assert "[unknown-source]" in printed

"""Every rule is broken once in a copy of the content, and must say so in the right file and on the right line."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from knowledge_base.__main__ import main
from knowledge_base.city import City
from knowledge_base.lint.rules import RULES
from knowledge_base.lint.run import lint_city
from knowledge_base.loader import CONTENT, DEFAULT_CITY, load_city
from knowledge_base.problems import Problem, Severity

from .mutants import MUTANTS, Mutant
from .mutants.base import MARK

BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_has_a_mutant_and_every_mutant_a_rule() -> None:
    assert sorted(m.rule for m in MUTANTS) == sorted(BY_ID)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of the content for all mutants; each takes its own files out again."""
    return Path(shutil.copytree(CONTENT / DEFAULT_CITY, tmp_path_factory.mktemp("mutants") / "city"))


def mutated(mutant: Mutant, folder: Path) -> dict[str, str]:
    """The files as the mutant has them."""
    written = dict(mutant.files)
    for name, (old, new) in mutant.edits.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} no longer has {old!r} once: adapt the mutant"
        written[name] = text.replace(old, new)
    return written


@contextmanager
def applied(mutant: Mutant, folder: Path) -> Iterator[tuple[str, int]]:
    """Writes the mutant into a copy, gives the file and line that carry the mark, and takes it out again."""
    written = mutated(mutant, folder)
    before = {name: (folder / name).read_bytes() if name in mutant.edits else None for name in written}
    marked: list[tuple[str, int]] = []
    for name, text in written.items():
        assert (folder / name).exists() == (name in mutant.edits), f"{name}: the mutant must not replace content"
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        marked += [(name, n) for n, line in enumerate(text.splitlines(), 1) if line.rstrip().endswith(MARK)]
    assert len(marked) == 1, f"the mutant needs one {MARK}: {marked}"
    try:
        yield marked[0]
    finally:
        for name, old in before.items():
            if old is None:
                (folder / name).unlink()
            else:
                (folder / name).write_bytes(old)


@pytest.fixture(scope="module")
def clean(city: City) -> set[Problem]:
    """What the linter says of the content as it is."""
    return set(lint_city(city))


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_rule_is_told_with_file_and_line(mutant: Mutant, shared: Path, clean: set[Problem]) -> None:
    with applied(mutant, shared) as expected:
        problems = lint_city(load_city(shared), rules=[BY_ID[mutant.rule]])
    told = [p for p in problems if p not in clean]
    assert expected in [(p.file, p.line) for p in told], told
    assert {(p.rule, p.severity) for p in told} == {(mutant.rule, BY_ID[mutant.rule].severity)}
    assert all(any("\u4e00" <= c <= "\u9fff" for c in p.message) for p in told)


def test_the_command_fails_with_an_error_and_says_where(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mutant = next(m for m in MUTANTS if m.rule == "unknown-source")
    assert BY_ID[mutant.rule].severity is Severity.ERROR
    with applied(mutant, content) as (file, line):
        assert main(["lint", "--city", str(content)]) == 1
    printed = capsys.readouterr().out
    assert f"{file}:{line}: " in printed
    assert "[unknown-source]" in printed

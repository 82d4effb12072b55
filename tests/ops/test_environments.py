"""Finding interpreters on machines that hide them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scripts import environments
from scripts.processes import Failed

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_pyenv_shim_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "shims" / f"python{VERSION}", "echo 'command not found' >&2; exit 127")
    executable(tmp_path / "versions" / f"{VERSION}.99" / "bin" / f"python{VERSION}", f'exec "{sys.executable}" "$@"')
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path / "shims"))
    monkeypatch.setitem(os.environ, "PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(environments, "SYSTEM", tmp_path)
    # It resolves to the interpreter itself, which needs no shim.
    assert environments.find_python(VERSION, "false") == sys.executable


def test_the_clearly_faster_interpreter_is_taken(tmp_path: Path) -> None:
    own = sys.executable
    slow = str(executable(tmp_path / "slow", f'"{own}" "$@" > /dev/null && echo 1.0'))
    broken = str(executable(tmp_path / "broken", "exit 1"))
    assert environments.fastest([slow, own]) == own
    assert environments.fastest([own, slow]) == own
    assert environments.fastest([broken, own]) == own, "it lacks what the product needs"
    assert environments.fastest([own]) == own


def test_what_is_missing_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PYENV_ROOT", str(tmp_path))
    uv = executable(tmp_path / "uv", "exit 1")
    with pytest.raises(Failed, match=r"Python 3\.99 is missing.*\n.*pyenv install 3\.99"):
        environments.find_python("3.99", str(uv))


def test_the_environment_is_current_only_for_todays_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environments.is_current("test"), "the tests run in it"
    assert environments.is_current("product"), "the test lock holds the product's"
    for name in ("product", "test"):
        (tmp_path / f"{name}.txt").write_text("changed==1")
    monkeypatch.setattr(environments, "LOCKS", tmp_path)
    assert not environments.is_current("test")
    assert not environments.is_current("product")

"""What may stand in the repository: no machine's paths, no registry's address, no artefact, no overlong file."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.ops.repository import tracked_files
from tests.ops.rooms import ROOT

LONGEST_FILE_LINES = 300
LARGEST_FILE_BYTES = 1_000_000
CODE = frozenset({".py", ".ts", ".vue", ".css", ".js", ".sh"})
# Made by `npm run generate` or `make lock`; nobody reads or edits them.
GENERATED = frozenset({"web/package-lock.json", "docs/openapi.json"})
ARTEFACTS = re.compile(
    r"(^|/)(node_modules|dist|__pycache__|var|models|\.venv[^/]*)/|\.(pyc|onnx|jar|whl|tar\.gz|sqlite|faiss|so)$"
)
# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "|".join(("work", "root", "opt/wheels", "opt/pypi")) + r")/")
REGISTRIES = re.compile(
    "|".join(
        host.replace(" ", r"\.")
        for host in ("pypi org", "pythonhosted org", "registry npmjs org", "repo1 maven", "crates io", "debian org")
    )
)
LEFTOVERS = re.compile(
    "|".join(("TO" + "DO", "FIX" + "ME", r"raise NotImplemented" + "Error", "# type: " + "ignore", "no" + "qa"))
    + "|"
    + r"pytest\.mark\.(skip|"
    + "xfail)"
)


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked_files():
        try:
            found.append((path, (ROOT / path).read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def matches(pattern: re.Pattern[str], path: Path, text: str) -> list[str]:
    return [f"{path}:{n}: {line.strip()[:100]}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        (MACHINE_PATHS, "open('/wor" + "k/shared/x')"),
        (REGISTRIES, "https://pypi.or" + "g/simple"),
        (LEFTOVERS, "x = 1  # TO" + "DO later"),
    ],
    ids=["machine paths", "registry addresses", "leftovers"],
)
def test_no_file_holds(pattern: re.Pattern[str], sample: str) -> None:
    assert pattern.search(sample), "the pattern finds nothing any more"
    # Data may name what code must not leave behind (the content's linter looks for the same words).
    kinds = CODE if pattern is LEFTOVERS else None
    found = [hit for path, text in texts() if not kinds or path.suffix in kinds for hit in matches(pattern, path, text)]
    assert not found, "\n".join(found)


def test_no_artefact_is_in_git() -> None:
    artefacts = [str(path) for path in tracked_files() if ARTEFACTS.search(str(path))]
    assert not artefacts, "\n".join(artefacts)
    assert ARTEFACTS.search("web/dist/index.html")
    assert ARTEFACTS.search("index/model.onnx")


def test_no_file_is_large() -> None:
    large = [str(path) for path in tracked_files() if (ROOT / path).stat().st_size > LARGEST_FILE_BYTES]
    assert not large, "\n".join(large)


def test_code_files_are_short() -> None:
    long = [
        f"{path}: {text.count(chr(10))} lines"
        for path, text in texts()
        if path.suffix in CODE and str(path) not in GENERATED and text.count("\n") > LONGEST_FILE_LINES
    ]
    assert not long, "\n".join(long)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


def wanted(name: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9][\w.-]*", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", found.group()).lower() for found in names if found}


@pytest.mark.parametrize("name", ["bootstrap", "product", "rasa", "test", "train"])
def test_what_is_wanted_is_locked_with_hashes(name: str) -> None:
    packages = locked(name)
    assert wanted(name) <= packages.keys(), "run make lock"
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) == len(packages)
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", ["test", "train"])
def test_a_larger_lock_holds_the_products_versions(name: str) -> None:
    assert locked("product").items() <= locked(name).items(), "run make lock"


def test_make_lists_every_command() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert targets == set(re.findall(r"^make ([a-z-]+)", listed, re.MULTILINE))
    assert {"setup", "run", "test", "check", "train", "bench", "help"} <= targets

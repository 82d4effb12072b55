"""The room table of docs/architecture.md as data, and the reader of imports that holds each file to it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Room -> rooms it may import, itself left out. A room that stands deeper in the tree wins over the one around it.
ALLOWED: dict[str, frozenset[str]] = {
    "knowledge_base": frozenset(),
    "index": frozenset({"knowledge_base"}),
    "index.embedded": frozenset({"knowledge_base", "index"}),
    "index.elastic": frozenset({"knowledge_base", "index"}),
    "answers": frozenset({"knowledge_base", "index"}),
    "search_api": frozenset({"knowledge_base", "index", "answers"}),
    "assistant": frozenset(),
    "train": frozenset({"knowledge_base", "index", "train"}),
    "scripts": frozenset(),
    "benchmarks": frozenset({"knowledge_base", "index", "answers", "search_api", "scripts"}),
    "tests": frozenset({"knowledge_base", "index", "index.embedded", "index.elastic", "answers", "search_api"})
    | {"assistant", "train", "scripts", "benchmarks"},
}
# The index chooses its engine in one place, by a late import.
ENGINE_CHOICE = {"index": frozenset({"index.embedded", "index.elastic"})}

# What learns, in .venv-train.
LEARNING = frozenset(
    {"train", "index.training", "index.question_training", "index.corrector_training", "index.low_rank_training"}
)

# Libraries that belong to some rooms, or some modules of a room, alone.
OWNED_LIBRARIES: dict[str, frozenset[str]] = {
    "tantivy": frozenset({"index.embedded", "tests"}),
    "faiss": frozenset({"index.embedded", "tests", "benchmarks"}),
    "elasticsearch": frozenset({"index.elastic", "tests"}),
    "fastapi": frozenset({"search_api", "tests"}),
    "starlette": frozenset({"search_api", "tests"}),
    "sqlalchemy": frozenset({"knowledge_base", "search_api", "tests"}),
    "rasa": frozenset({"assistant"}),
    "rasa_sdk": frozenset({"assistant"}),
    "torch": LEARNING,
    "sentence_transformers": LEARNING,
}
# Rooms where the assistant's own folders are importable by their bare names, because Rasa runs inside it.
RUNS_FROM_ITS_OWN_FOLDER = "assistant"


def room_of(module: str) -> str | None:
    """The room that a dotted module name belongs to; None for a library."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in ALLOWED:
            return name
    return None


def module_name(path: Path) -> str:
    """The dotted name of a file given relative to the root."""
    parts = list(path.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, module: str, *, package: bool) -> list[tuple[int, str]]:
    """Every (line, dotted name) that the source imports, late and type-only imports included."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = module.split(".")
                parent = parent[: len(parent) - node.level + (1 if package else 0)]
                base = ".".join([*parent, *([node.module] if node.module else [])])
            # `from index import embedded` imports a room as surely as `import index.embedded`.
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found


def violations(path: Path, source: str) -> list[str]:
    """What in one file (path relative to the root) breaks the table, as `file:line: reason`."""
    module = module_name(path)
    room = room_of(module)
    if room is None:
        return [f"{path}:1: stands in no room of the table"]
    broken = []
    for line, name in imported(source, module, package=path.name == "__init__.py"):
        target = room_of(name)
        library = name.split(".")[0]
        if target is not None and target != room and target not in ALLOWED[room] | ENGINE_CHOICE.get(room, frozenset()):
            broken.append(f"{path}:{line}: {room} may not import {target} ({name})")
        owners = OWNED_LIBRARIES.get(library)
        if owners is not None and not any(f"{module}.".startswith(f"{owner}.") for owner in owners):
            broken.append(f"{path}:{line}: {library} belongs to {', '.join(sorted(owners))}, not to {room}")
    return broken

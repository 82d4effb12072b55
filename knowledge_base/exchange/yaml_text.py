"""Records → YAML that the loader reads back exactly, and a record's text replaced without touching its neighbours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ..city import City
from ..store.bodies import FOLDER_OF, body_of, records_of
from ..yaml_reader import ContentLoader, Steps

Body = dict[str, Any]
WIDTH = 140


class _Dumper(yaml.CSafeDumper):
    """Quotes what the content loader would take for something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.yaml_implicit_resolvers = ContentLoader.yaml_implicit_resolvers


def dump(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)


def files_of(city: City) -> dict[str, str]:
    """Relative path → text of the whole city: records stay in the files they came from, in their order."""
    found: dict[str, list[tuple[Steps, Body]]] = {}
    for (kind, id_), record in records_of(city).items():
        if kind == "city":
            continue
        origin = city.origins.get((FOLDER_OF[kind], id_))
        file = origin.file if origin else f"{FOLDER_OF[kind]}/{id_}"
        file = file if file.endswith(".yaml") else f"{file}.yaml"
        found.setdefault(file, []).append((origin.path if origin else (), body_of(record)))
    texts = {"city.yaml": dump(body_of(city.info))}
    for file, entries in found.items():
        single = len(entries) == 1 and not entries[0][0]
        bodies = [body for _, body in sorted(entries, key=lambda e: [str(s).zfill(8) for s in e[0]])]
        texts[file] = dump(bodies[0] if single else bodies)
    return texts


def replaced(text: str, path: Steps, body: Body) -> str:
    """The file's text with one record rewritten; comments and layout of the others stay."""
    if not path:
        return dump(body)
    node = yaml.compose(text, Loader=ContentLoader)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style:
        data = yaml.load(text, Loader=ContentLoader)
        data[int(path[0])] = body
        return dump(data)
    lines = text.splitlines(keepends=True)
    first = node.value[int(path[0])].start_mark.line
    after = node.value[int(path[0]) + 1].start_mark.line if int(path[0]) + 1 < len(node.value) else len(lines)
    while after > first + 1 and (not lines[after - 1].strip() or lines[after - 1].lstrip().startswith("#")):
        after -= 1
    indent = " " * (len(lines[first]) - len(lines[first].lstrip()))
    return "".join(lines[:first]) + _indented(dump([body]), indent) + "".join(lines[after:])


def added(text: str, bodies: list[Body]) -> str:
    """The file's text with records after those that it has."""
    node = yaml.compose(text, Loader=ContentLoader) if text.strip() else None
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        indent = " " * (node.start_mark.column)
        return text.rstrip("\n") + "\n" + _indented(dump(bodies), indent)
    old = yaml.load(text, Loader=ContentLoader) if text.strip() else []
    return dump([*(old if isinstance(old, list) else [old]), *bodies])


def _indented(text: str, indent: str) -> str:
    return "".join(indent + line if line.strip() else line for line in text.splitlines(keepends=True))


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

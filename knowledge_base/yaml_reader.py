"""YAML as an editor expects it: only true and false are booleans (`no` is a word), and 8:30 is text."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

Steps = tuple[int | str, ...]


class ContentLoader(yaml.CSafeLoader):
    """YAML 1.2's core rules on libyaml's fast parser, which knows only YAML 1.1. A key that comes twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys:
                    raise yaml.constructor.ConstructorError(None, None, f"字段「{key.value}」写了两遍", key.start_mark)
                keys.add(key.value)
        return super().construct_mapping(node, deep)


_DROPPED = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
ContentLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _DROPPED]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
ContentLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
ContentLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
ContentLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789")
)


def read_yaml(text: str | bytes) -> Any:
    """Raises yaml.YAMLError, UnicodeDecodeError."""
    return yaml.load(text, Loader=ContentLoader)


def line_of(file: Path, path: Steps) -> int:
    """Line (from 1) of the node that `path` leads to in a YAML file; of its nearest existing parent otherwise."""
    return line_in(yaml.compose(file.read_text(encoding="utf-8"), Loader=ContentLoader), path)


def line_in(node: yaml.Node | None, path: Steps) -> int:
    """As line_of, in a composed document. A single entry may stand without its list: step 0 is passed over."""
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
        elif step != 0:
            break
    return line

"""The Rasa project as data: what its YAML and Python files say, read without Rasa."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ASSISTANT = ROOT / "assistant"
MODEL = ROOT / "var" / "rasa" / "models"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
SENT_BY_GATEWAY = {"choose", "answer"}
MADE_BY_RASA = {"nlu_fallback"}
_ANNOTATION = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def phrasings() -> dict[str, list[str]]:
    """What each intent is trained on, by intent, entity marks taken off."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "nlu_data").glob("*.yml")):
        for block in read(path)["nlu"]:
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            found[block["intent"]] = [_ANNOTATION.sub(r"\1", line) for line in lines]
    return found


def held_out() -> list[tuple[str, str]]:
    """(utterance, intent) that training never sees."""
    cases = read(Path(__file__).parent / "held_out.yaml")
    return [(text, intent) for intent, texts in cases.items() for text in texts]


def domain() -> dict[str, Any]:
    """All of assistant/domain/ as one: lists joined, tables merged."""
    whole: dict[str, Any] = {}
    for path in sorted((ASSISTANT / "domain").rglob("*.yml")):
        for key, value in read(path).items():
            if isinstance(value, list):
                whole[key] = whole.get(key, []) + value
            elif isinstance(value, dict):
                whole[key] = {**whole.get(key, {}), **value}
    return whole


def rules() -> list[dict[str, Any]]:
    return [rule for path in sorted((ASSISTANT / "rules").glob("*.yml")) for rule in read(path)["rules"]]


def steps(kind: str) -> list[str]:
    """Every value of a step of that kind (intent, action) in the rules, with repetitions."""
    return [step[kind] for rule in rules() for step in rule["steps"] if kind in step]

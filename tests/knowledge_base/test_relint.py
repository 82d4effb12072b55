"""Linting only what an edit can touch finds what linting everything finds: for each rule broken and mended, and for edits at random."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from knowledge_base.city import City
from knowledge_base.lint.context import Context, load_thresholds
from knowledge_base.lint.records import Linted, RecordProblem, lint_all, relint
from knowledge_base.lint.rules import RULES
from knowledge_base.loader import CONTENT, DEFAULT_CITY, FOLDERS
from knowledge_base.schema import CityInfo
from knowledge_base.store.bodies import FOLDER_OF, body_of
from knowledge_base.store.served import with_bodies
from knowledge_base.yaml_reader import read_yaml

from .mutants import MUTANTS, Mutant
from .test_lint_mutations import mutated

STEPS = 8


@pytest.fixture(scope="module")
def linted(city: City) -> Linted:
    return lint_all(city)


def found(state: Linted) -> set[tuple[Any, ...]]:
    return {tuple(p.model_dump().values()) for problems in state.by_record().values() for p in problems}


def count(state: Linted) -> int:
    return sum(map(len, state.by_record().values()))


def mutant_city(mutant: Mutant, city: City) -> City:
    """As loading the mutant's folder would give it, in the order of its files' names."""
    tables: dict[str, Any] = {folder: dict(getattr(city, folder)) for folder in FOLDERS}
    info = city.info
    for name, text in mutated(mutant, CONTENT / DEFAULT_CITY).items():
        data = read_yaml(text)
        if name == "city.yaml":
            info = CityInfo.model_validate(data)
            continue
        folder = name.split("/")[0]
        for entry in data if isinstance(data, list) else [data]:
            tables[folder][str(entry["id"])] = FOLDERS[folder].model_validate(entry)
    return replace(city, info=info, **tables)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_rule_is_found_and_forgotten_when_mended(mutant: Mutant, city: City, linted: Linted) -> None:
    broken = mutant_city(mutant, city)
    after = relint(linted, broken)
    (rule,) = [r for r in RULES if r.id == mutant.rule]
    whole = {(f.folder, f.key, f.message) for f in rule.check(Context(broken, load_thresholds(), linted.today))}
    assert {(p[2], p[3], p[5]) for p in found(after) if p[1] == rule.id} == whole
    assert {p for p in found(after) if p[1] == rule.id} - found(linted)
    mended = relint(after, city)
    assert found(mended) == found(linted)
    assert count(mended) == count(linted), "nothing is told twice"


def edits(city: City, chance: random.Random) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """One to three records that are taken out, take over a field of another of their kind, or are a clone under a new id."""
    for _ in range(chance.randint(1, 3)):
        kind = chance.choice([k for k, folder in FOLDER_OF.items() if getattr(city, folder)])
        table = getattr(city, FOLDER_OF[kind])
        id_, other = chance.choice(sorted(table)), chance.choice(sorted(table))
        body = body_of(table[id_])
        match chance.randrange(4):
            case 0:
                yield kind, id_, None
            case 1:
                clone = f"{id_}2"
                yield kind, clone, {**body, "id": clone}
            case _:
                field = chance.choice(sorted(body.keys() - {"id", "type", "choices"}))
                theirs = body_of(table[other])
                yield kind, id_, {**body, field: theirs.get(field, body[field])}


@pytest.mark.parametrize("seed", [4, 5])
def test_edits_at_random(seed: int, city: City, linted: Linted) -> None:
    chance = random.Random(seed)
    state, now = linted, city
    for step in range(STEPS):
        now = with_bodies(now, edits(now, chance))
        state = relint(state, now)
        whole = lint_all(now)
        assert found(state) == found(whole), f"seed {seed}, step {step}"
        assert count(state) == count(whole)
    assert found(state) != found(linted)
    assert found(relint(state, city)) == found(linted)


def test_problems_of_a_record_come_errors_first(city: City) -> None:
    body = body_of(city.items["resident-id-card"])
    broken = with_bodies(city, [("item", "resident-id-card", {**body, "next_items": ["no-such-item"], "aliases": []})])
    problems: list[RecordProblem] = lint_all(broken).by_record()["items", "resident-id-card"]
    assert problems[0].rule == "unknown-item"
    assert problems[0].path == "next_items.0"
    told = [p.severity for p in problems]
    assert told == sorted(told, key=["error", "warning", "notice"].index)


def test_another_day_is_linted_whole(city: City, linted: Linted) -> None:
    later = linted.today.replace(year=linted.today.year + 60)
    assert found(relint(linted, city, later)) == found(lint_all(city, later))

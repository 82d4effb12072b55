"""YAML ↔ database ↔ JSON: nothing is lost, for whatever the schema allows and for all that is bundled."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.city import City
from knowledge_base.exchange import preview
from knowledge_base.exchange.export import export, to_json, write_yaml
from knowledge_base.exchange.flat import KINDS
from knowledge_base.exchange.yaml_text import dump
from knowledge_base.store import Store
from knowledge_base.store.bodies import FOLDER_OF, body_of, record_of, records_of
from knowledge_base.store.bodies import KINDS as MODELS
from knowledge_base.store.served import city_from, seed
from knowledge_base.yaml_reader import read_yaml

from .generated import TRICKY, records


@pytest.mark.parametrize("kind", sorted(MODELS))
@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(data=st.data())
def test_generated_records_survive_yaml_and_the_database_s_json(kind: str, data: st.DataObject) -> None:
    try:
        record = MODELS[kind].model_validate(data.draw(records(MODELS[kind])))
    except ValidationError:
        # A validator over several fields wants more than their types tell.
        reject()
    body = body_of(record)
    assert record_of(kind, body) == record
    assert json.loads(json.dumps(body)) == body
    from_yaml = read_yaml(dump(body))
    assert from_yaml == body
    assert record_of(kind, from_yaml) == record
    assert body_of(record_of(kind, from_yaml)) == body


@pytest.mark.parametrize("text", TRICKY)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert read_yaml(dump({"a": text, "b": [text]})) == {"a": text, "b": [text]}


def _tables(city: City) -> dict[str, Any]:
    return {"info": city.info} | {folder: dict(getattr(city, folder)) for folder in FOLDER_OF.values()}


def test_bundled_content_survives_yaml(city: City, tmp_path: Path) -> None:
    again = write_yaml(city, tmp_path / "city")
    assert _tables(again) == _tables(city)
    assert {k: v.file for k, v in again.origins.items()} == {k: v.file for k, v in city.origins.items()}


def test_bundled_content_survives_the_database(city: City, store: Store, tmp_path: Path) -> None:
    seed(store, city)
    served = city_from(store, tmp_path)
    assert _tables(served) == _tables(city)
    assert _tables(write_yaml(served, tmp_path / "city")) == _tables(city)
    assert seed(store, city) is None


def test_bundled_content_survives_json_into_an_empty_city(city: City) -> None:
    found = preview(to_json(city), "全部.json")
    assert found.importable
    assert found.counts["created"] == len(records_of(city))
    assert {key: record_of(key[0], body) for key, body in found.bodies.items()} == records_of(city)


@pytest.mark.parametrize("format_", ["xlsx", "jsonl"])
def test_an_export_imported_again_changes_nothing(city: City, format_: str) -> None:
    found = preview(export(city, format_), f"导出.{format_}", target=city)
    assert found.counts["created"] == found.counts["updated"] == 0
    assert found.counts["unchanged"] >= sum(len(getattr(city, FOLDER_OF[kind])) for kind in KINDS)
    assert found.importable


@pytest.mark.parametrize("format_", ["csv", "docx"])
@pytest.mark.parametrize("kind", ["item", "faq", "material", "place"])
def test_one_kind_exported_and_imported_again_changes_nothing(city: City, format_: str, kind: str) -> None:
    ids = list(getattr(city, FOLDER_OF[kind]))[:25]
    found = preview(export(city, format_, [kind], ids), f"导出.{format_}", target=city)
    assert found.importable, found.issues.kept
    assert found.counts["created"] == found.counts["updated"] == 0
    assert {c.id for c in found.changes} >= set(ids)

"""The bundled rehearsals: enough of them, and each can be walked to its end whatever is chosen on the way."""

from datetime import date
from itertools import product

import pytest

from knowledge_base.city import City
from knowledge_base.field_values import Typed, TypedFile
from knowledge_base.rehearsing import check_screen, options_of
from knowledge_base.schema import FieldKind, FormField, Rehearsal

DAY = date(2026, 11, 25)
WANTED = 24
MOST_WAYS = 3000


def deciding(rehearsal: Rehearsal) -> list[FormField]:
    """Fields that some condition names."""
    named = {n for s in rehearsal.screens for w in (s.when, *(f.when for f in s.fields)) for n in w}
    return [f for s in rehearsal.screens for f in s.fields if f.id in named]


def answers_of(city: City, field: FormField) -> list[Typed]:
    return list(options_of(city, field)) or (
        [field.example, "70"] if field.kind is FieldKind.NUMBER else [field.example]
    )


def filled(city: City, rehearsal: Rehearsal) -> dict[str, Typed]:
    """Every field as its example has it; the first option, a ticked box."""
    typed: dict[str, Typed] = {}
    for screen in rehearsal.screens:
        for f in screen.fields:
            if f.kind is FieldKind.FILE:
                typed[f.id] = TypedFile(name=f.example, size=300_000)
            elif f.kind is FieldKind.CONFIRMATION:
                typed[f.id] = True
            else:
                typed[f.id] = f.example or next(iter(options_of(city, f)))
    return typed


def test_there_are_enough_for_persons_and_businesses(city: City) -> None:
    assert len(city.rehearsals) >= WANTED
    audiences = {a for r in city.rehearsals.values() for a in city.items[r.item].audiences}
    assert {str(a) for a in audiences} == {"person", "business"}
    assert len({r.item for r in city.rehearsals.values()}) >= WANTED - 2
    assert len({r.channel for r in city.rehearsals.values()}) >= 4


def test_every_form_is_walked_to_its_end_on_every_way(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    """With the examples typed in, no combination of deciding answers leaves an error, and together they show every field."""
    walked = 0
    for rehearsal in city.rehearsals.values():
        chosen = deciding(rehearsal)
        ways = list(product(*(answers_of(city, f) for f in chosen)))
        assert len(ways) <= MOST_WAYS, rehearsal.id
        seen: set[str] = set()
        for way in ways:
            typed = {**filled(city, rehearsal), **{f.id: a for f, a in zip(chosen, way, strict=True)}}
            for screen in check_screen(city, rehearsal, rehearsal.screens[0].id, typed, DAY).screens:
                found = check_screen(city, rehearsal, screen, typed, DAY)
                assert found.complete, (rehearsal.id, way, found.errors)
                seen |= set(found.fields)
            walked += 1
        assert seen == {f.id for s in rehearsal.screens for f in s.fields}, rehearsal.id
    with capsys.disabled():
        print(f"\nrehearsals: {len(city.rehearsals)}, ways walked: {walked}")


def test_an_empty_form_asks_for_what_is_required_and_nothing_else(city: City) -> None:
    for rehearsal in city.rehearsals.values():
        for screen in rehearsal.screens:
            found = check_screen(city, rehearsal, screen.id, {}, DAY)
            shown = {f.id: f for f in screen.fields}
            assert {e.field for e in found.errors} == {i for i in found.fields if shown[i].required}
            assert {e.reason for e in found.errors} <= {"missing"}

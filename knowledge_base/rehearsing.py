"""Rehearsing an online application: what shows, what is wrong, what to have ready. Pure; nothing is kept anywhere."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from .city import City
from .conditions import holds, parse_range
from .field_values import (
    FieldWrong,
    Typed,
    TypedFile,
    birth_of,
    field_rules,
    is_empty,
    plain_text,
    range_text,
    read_date,
    read_value,
    years_between,
)
from .schema import FactType, FieldCheck, FieldKind, FormField, Record, Rehearsal, Screen
from .schema.common import FactValue

Answers = Mapping[str, Typed]
_MEGABYTE = 1_000_000


class FieldError(Record):
    """`missing`: nothing was typed yet; `message` tells in Chinese what to do."""

    field: str
    reason: Literal["missing", "wrong"]
    message: str


class ScreenChecked(Record):
    """`fields` that this screen shows for what was typed, `screens` that apply; complete: no error is left."""

    screen: str
    fields: tuple[str, ...]
    errors: tuple[FieldError, ...]
    complete: bool
    screens: tuple[str, ...]


class Preparation(Record):
    """One thing to have at hand: a paper with what it is for, or something to look up."""

    name: str
    material: str
    uses: tuple[str, ...]
    how_to_get: str


class UnknownScreen(LookupError):
    """The rehearsal has no such screen."""


def options_of(city: City, field: FormField) -> dict[str, str]:
    """Value → label of a choice, a region or yes/no, from the field, the fact of its id, or the city."""
    if field.kind is FieldKind.REGION:
        return {r.code: r.name for r in city.districts}
    if field.options:
        return {o.value: o.label for o in field.options}
    fact = city.facts.get(field.id)
    if field.kind is FieldKind.YES_NO:
        yes_no = (fact.yes_label, fact.no_label) if fact and fact.type is FactType.YES_NO else ("是", "否")
        return dict(zip(("true", "false"), yes_no, strict=True))
    return {c.value: c.label for c in fact.choices} if fact and field.kind is FieldKind.CHOICE else {}


def check_screen(city: City, rehearsal: Rehearsal, screen: str, typed: Answers, today: date) -> ScreenChecked:
    """Raises UnknownScreen. What was typed into fields that do not show is passed over; so is what no field asks."""
    if screen not in {s.id for s in rehearsal.screens}:
        raise UnknownScreen(screen)
    shown = list(_shown(city, rehearsal, typed, today))
    fields = [f for s, f in shown if s.id == screen]
    labels = {f.id: f.label for _, f in shown}
    errors = [e for f in fields if (e := field_error(city, f, typed, labels, today)) is not None]
    return ScreenChecked(
        screen=screen,
        fields=tuple(f.id for f in fields),
        errors=tuple(errors),
        complete=not errors,
        screens=tuple(dict.fromkeys(s.id for s, _ in shown)),
    )


def preparations(city: City, rehearsal: Rehearsal, typed: Answers, today: date) -> tuple[Preparation, ...]:
    """What the fields that show ask for, each paper once, in the order of the form."""
    uses: dict[tuple[str, str], list[str]] = {}
    for _, field in _shown(city, rehearsal, typed, today):
        paper = city.materials.get(field.material)
        if paper is not None:
            use = f"拍照上传：{field.label}" if field.kind is FieldKind.FILE else f"照着填：{field.label}"
            uses.setdefault((paper.name, paper.id), []).append(use)
        elif field.where:
            uses.setdefault((field.label, ""), []).append(field.where)
    got = {key: city.materials[key[1]].how_to_get if key[1] else "" for key in uses}
    return tuple(
        Preparation(name=name, material=id_, uses=tuple(dict.fromkeys(lines)), how_to_get=got[name, id_])
        for (name, id_), lines in uses.items()
    )


def rehearsals_of(city: City, item: str, handling_item: str = "") -> list[Rehearsal]:
    """The item's rehearsals, of one handling item where it is decided. A rehearsal that names none is of all."""
    return [
        r
        for r in city.rehearsals.values()
        if r.item == item and (not r.handling_items or not handling_item or handling_item in r.handling_items)
    ]


def _shown(city: City, rehearsal: Rehearsal, typed: Answers, today: date) -> Iterator[tuple[Screen, FormField]]:
    """Fields that show, in order; only what shows can make later ones show."""
    known: dict[str, FactValue] = {}
    for screen in rehearsal.screens:
        if not holds(screen.when, known):
            continue
        for field in screen.fields:
            if holds(field.when, known):
                yield screen, field
                given = typed.get(field.id)
                if given is not None and not is_empty(field, given):
                    try:
                        known[field.id] = read_value(field, given, options_of(city, field), today)
                    except FieldWrong:
                        continue


def field_error(
    city: City, field: FormField, typed: Answers, labels: Mapping[str, str], today: date
) -> FieldError | None:
    """The first thing wrong with one field; `labels` name the fields that checks compare with."""
    given = typed.get(field.id)
    if given is None or is_empty(field, given):
        words = field_rules().words
        message = words.get(f"missing_{_how(field.kind)}", words["missing"]).format(label=field.label)
        return FieldError(field=field.id, reason="missing", message=message) if field.required else None
    try:
        value = read_value(field, given, options_of(city, field), today)
        for check in field.checks:
            _check(check, field, given, value, typed, labels, today)
    except FieldWrong as wrong:
        return FieldError(field=field.id, reason="wrong", message=str(wrong))
    return None


def _how(kind: FieldKind) -> str:
    return "choice" if kind in (FieldKind.CHOICE, FieldKind.REGION, FieldKind.YES_NO) else str(kind)


def _check(
    check: FieldCheck,
    field: FormField,
    given: Typed,
    value: FactValue,
    typed: Answers,
    labels: Mapping[str, str],
    today: date,
) -> None:
    told = _failed(check, field, given, value, typed, today)
    if told is None:
        return
    if check.text:
        raise FieldWrong(check.text)
    if check.check == "written_as":
        raise FieldWrong(field_rules().patterns[check.pattern].message)
    other = labels.get(check.field, "")
    raise field_rules().wrong(told.pop("word", check.check), other=other, unit=field.unit, **told)


def _failed(
    check: FieldCheck, field: FormField, given: Typed, value: FactValue, typed: Answers, today: date
) -> dict[str, str] | None:
    """What the words of a failed check need; None where it passes. Checks that do not fit the kind never fail: the linter
    finds them."""
    text = str(value)
    match check.check:
        case "length" if len(text) not in parse_range(check.range):
            return {"range": range_text(check.range), "length": str(len(text))}
        case "range" if isinstance(value, float) and value not in parse_range(check.range):
            return {"range": range_text(check.range)}
        case "age":
            born = birth_of(text) if field.kind is FieldKind.ID_NUMBER else read_date(text)
            age = years_between(born, today) if born else 0
            return {"range": range_text(check.range), "age": str(age)} if age not in parse_range(check.range) else None
        case "not_future" if text > today.isoformat():
            return {}
        case "not_past" if text < today.isoformat():
            return {}
        case "after" | "same_as" | "differs_from":
            return {} if _compared_wrong(check, text, typed.get(check.field)) else None
        case "written_as" if not re.fullmatch(field_rules().patterns[check.pattern].pattern, text):
            return {}
        case "file" if isinstance(given, TypedFile):
            return _file_failed(check, given)
    return None


def _compared_wrong(check: FieldCheck, text: str, other: Typed | None) -> bool:
    """Nothing is wrong while the other field is empty."""
    theirs = plain_text(other).upper() if isinstance(other, str) else ""
    if not theirs:
        return False
    return {"after": text <= theirs, "same_as": text != theirs, "differs_from": text == theirs}[check.check]


def _file_failed(check: FieldCheck, file: TypedFile) -> dict[str, str] | None:
    ending = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else "没有扩展名"
    if ending not in check.types:
        return {"word": "file_type", "types": "、".join(check.types), "given": ending}
    most = check.megabytes or 0
    if file.size > most * _MEGABYTE:
        return {"word": "file_size", "most": f"{most:g}", "given": f"{file.size / _MEGABYTE:.1f}"}
    return None

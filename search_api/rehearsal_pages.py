"""Rehearsals as shown: the form with its hints, and where the real one is."""

from datetime import date

from knowledge_base.city import City
from knowledge_base.field_values import Typed, TypedFile
from knowledge_base.rehearsing import check_screen, options_of, preparations
from knowledge_base.schema import FormField, Rehearsal, Screen

from .pages import link
from .rehearsal_payloads import (
    FileTyped,
    RehearsalCheckRequest,
    RehearsalCheckResponse,
    RehearsalField,
    RehearsalLink,
    RehearsalMistake,
    RehearsalOption,
    RehearsalPage,
    RehearsalScreen,
)

SAMPLE = "这是按办事指南编写的练习，页面样子、字段名称和先后顺序以真实系统为准，还没有和真实系统逐项核对。"


def rehearsal_link(city: City, rehearsal: Rehearsal) -> RehearsalLink:
    return RehearsalLink(
        id=rehearsal.id,
        title=rehearsal.name,
        summary=rehearsal.summary,
        item=link("item", city.items[rehearsal.item]),
        channel=city.channel_name(rehearsal.channel),
        aim=rehearsal.aim,
        screens=len(rehearsal.screens),
    )


def rehearsal_page(city: City, rehearsal: Rehearsal) -> RehearsalPage:
    channel = next((c for c in city.info.channels if c.id == rehearsal.channel), None)
    return RehearsalPage(
        **rehearsal_link(city, rehearsal).model_dump(),
        channel_about=channel.description if channel else "",
        url=channel.url if channel else "",
        entry=rehearsal.entry,
        before=list(rehearsal.before),
        forms=[_screen(city, s) for s in rehearsal.screens],
        after=list(rehearsal.after),
        notice=f"{SAMPLE}{city.info.sample_notice}",
    )


def checked(city: City, rehearsal: Rehearsal, asked: RehearsalCheckRequest, today: date) -> RehearsalCheckResponse:
    """Raises UnknownScreen."""
    typed: dict[str, Typed] = {
        name: TypedFile(name=value.name, size=value.size) if isinstance(value, FileTyped) else value
        for name, value in asked.typed.items()
    }
    found = check_screen(city, rehearsal, asked.screen, typed, today)
    return RehearsalCheckResponse(**found.model_dump(), preparations=list(preparations(city, rehearsal, typed, today)))


def _screen(city: City, screen: Screen) -> RehearsalScreen:
    return RehearsalScreen(
        id=screen.id,
        title=screen.title,
        purpose=screen.purpose,
        fields=[_field(city, f, bool(screen.when)) for f in screen.fields],
        mistakes=[RehearsalMistake(**m.model_dump()) for m in screen.mistakes],
    )


def _field(city: City, field: FormField, conditional: bool) -> RehearsalField:
    material = city.materials.get(field.material)
    hints = {o.value: o.hint for o in field.options}
    return RehearsalField(
        id=field.id,
        label=field.label,
        kind=field.kind,
        required=field.required,
        conditional=conditional or bool(field.when),
        hint=field.hint,
        where=field.where,
        material=link("material", material) if material else None,
        example=field.example,
        unit=field.unit,
        options=[
            RehearsalOption(value=value, label=label, hint=hints.get(value, ""))
            for value, label in options_of(city, field).items()
        ],
        accept=[ending for c in field.checks for ending in c.types],
    )

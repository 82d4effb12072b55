"""Practising an online application: the form, and what is wrong with a screen of it."""

from typing import Annotated

from fastapi import APIRouter, Depends

from knowledge_base.city import City
from knowledge_base.in_force import today
from knowledge_base.rehearsing import UnknownScreen
from knowledge_base.schema import Rehearsal

from .. import rehearsal_pages
from ..problems import ProblemError
from ..rehearsal_payloads import RehearsalCheckRequest, RehearsalCheckResponse, RehearsalList, RehearsalPage
from ..resources import city

router = APIRouter(prefix="/v1/rehearsals", tags=["rehearsals"])
CityNow = Annotated[City, Depends(city)]


def _found(city: City, id_: str) -> Rehearsal:
    if id_ not in city.rehearsals:
        raise ProblemError(404, "没有这个演练，可能已经下架。")
    return city.rehearsals[id_]


@router.get("")
def rehearsals(city: CityNow) -> RehearsalList:
    """What can be practised, the most asked-for items first."""
    ordered = sorted(city.rehearsals.values(), key=lambda r: (-city.items[r.item].popularity, r.id))
    return RehearsalList(rehearsals=[rehearsal_pages.rehearsal_link(city, r) for r in ordered])


@router.get("/{id}")
def rehearsal(id: str, city: CityNow) -> RehearsalPage:
    return rehearsal_pages.rehearsal_page(city, _found(city, id))


@router.post("/{id}/check")
def check(id: str, asked: RehearsalCheckRequest, city: CityNow) -> RehearsalCheckResponse:
    """What is wrong with one screen and which fields show; nothing typed is stored, logged or sent on."""
    try:
        return rehearsal_pages.checked(city, _found(city, id), asked, today())
    except UnknownScreen:
        raise ProblemError(404, "这个演练没有这一屏，可能改过了，请刷新页面。") from None

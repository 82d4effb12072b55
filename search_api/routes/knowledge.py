"""Pages of the knowledge base, browsing, the city."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends

from answers.desk import Desk
from knowledge_base.city import City

from .. import benefit_pages, pages
from ..page_payloads import Browse, BundlePage, CityPage, FaqPage, ItemPage, MaterialPage, PlacePage, PolicyPage
from ..problems import ProblemError
from ..resources import city, desk

router = APIRouter(prefix="/v1", tags=["knowledge"])
T = TypeVar("T")
CityNow = Annotated[City, Depends(city)]
DeskNow = Annotated[Desk, Depends(desk)]


def _found(table: Mapping[str, T], id_: str) -> T:
    if id_ not in table:
        raise ProblemError(404, "没有这个内容，可能已经下架。")
    return table[id_]


@router.get("/items/{id}")
def item(id: str, desk: DeskNow) -> ItemPage:
    return pages.item_page(desk.city, desk.navigator, _found(desk.city.items, id))


@router.get("/bundles/{id}")
def bundle(id: str, desk: DeskNow) -> BundlePage:
    return pages.bundle_page(desk.city, desk.navigator, _found(desk.city.bundles, id))


@router.get("/faqs/{id}")
def faq(id: str, city: CityNow) -> FaqPage:
    return pages.faq_page(city, _found(city.faqs, id))


@router.get("/policies/{id}")
def policy(id: str, city: CityNow) -> PolicyPage:
    found = _found(city.policies, id)
    return pages.policy_page(city, found, benefit_pages.told(city, found.benefit))


@router.get("/materials/{id}")
def material(id: str, city: CityNow) -> MaterialPage:
    return pages.material_page(city, _found(city.materials, id))


@router.get("/places/{id}")
def place(id: str, city: CityNow) -> PlacePage:
    return pages.place_page(city, _found(city.places, id))


@router.get("/browse")
def browse(city: CityNow) -> Browse:
    """By life event, by audience's topic, by department."""
    return pages.browse(city)


@router.get("/city")
def the_city(city: CityNow) -> CityPage:
    """Regions, channels, phones, what is asked for most."""
    return pages.city_page(city)

"""Pages of the knowledge base, browsing, the city."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from fastapi import APIRouter, Cookie, Depends

from answers.desk import Desk
from knowledge_base.city import City, Entity
from knowledge_base.in_force import in_force, today

from .. import benefit_pages, pages
from ..page_payloads import Browse, BundlePage, CityPage, FaqPage, ItemPage, MaterialPage, PlacePage, PolicyPage
from ..problems import ProblemError
from ..resources import Resources, city, desk, resources

router = APIRouter(prefix="/v1", tags=["knowledge"])
T = TypeVar("T", bound=Entity)
CityNow = Annotated[City, Depends(city)]
DeskNow = Annotated[Desk, Depends(desk)]


class Opening:
    """Looks a record up for its page, and counts that it was opened; a maintainer's looking is not counted."""

    def __init__(
        self,
        held: Annotated[Resources, Depends(resources)],
        maintainer: Annotated[str | None, Cookie(include_in_schema=False)] = None,
    ) -> None:
        self.usage = None if maintainer else held.usage

    def __call__(self, table: Mapping[str, T], id_: str) -> T:
        """Raises a 404 problem for what is not there or not in force."""
        record = table.get(id_)
        if record is None or not in_force(record.validity, today()):
            raise ProblemError(404, "没有这个内容，可能已经下架。")
        if self.usage:
            self.usage.opened(id_)
        return record


Opened = Annotated[Opening, Depends()]


@router.get("/items/{id}")
def item(id: str, desk: DeskNow, opened: Opened) -> ItemPage:
    return pages.item_page(desk.city, desk.navigator, opened(desk.city.items, id))


@router.get("/bundles/{id}")
def bundle(id: str, desk: DeskNow, opened: Opened) -> BundlePage:
    return pages.bundle_page(desk.city, desk.navigator, opened(desk.city.bundles, id))


@router.get("/faqs/{id}")
def faq(id: str, city: CityNow, opened: Opened) -> FaqPage:
    return pages.faq_page(city, opened(city.faqs, id))


@router.get("/policies/{id}")
def policy(id: str, city: CityNow, opened: Opened) -> PolicyPage:
    found = opened(city.policies, id)
    return pages.policy_page(city, found, benefit_pages.told(city, found.benefit))


@router.get("/materials/{id}")
def material(id: str, city: CityNow, opened: Opened) -> MaterialPage:
    return pages.material_page(city, opened(city.materials, id))


@router.get("/places/{id}")
def place(id: str, city: CityNow, opened: Opened) -> PlacePage:
    return pages.place_page(city, opened(city.places, id))


@router.get("/browse")
def browse(city: CityNow) -> Browse:
    """By life event, by audience's topic, by department."""
    return pages.browse(city)


@router.get("/city")
def the_city(city: CityNow, held: Annotated[Resources, Depends(resources)]) -> CityPage:
    """Regions, channels, phones, what is asked for most."""
    return pages.city_page(city, held.usage.popular)

"""A place called by its name: where it is, when it is open, how to call it."""

from collections.abc import Iterator

from knowledge_base.schema import Place

from ..desk import Desk, answering
from ..facts import plain
from .reply import Reply

SHORTEST_NAME = 4


def place_named(desk: Desk, text: str) -> Place | None:
    """The place that the text calls by its name; the longest name wins."""
    said = plain(text)
    named = [(len(n), p) for p in desk.city.places.values() for n in _names(desk, p) if n in said]
    return max(named, key=lambda n: n[0])[1] if named else None


def place_only(desk: Desk, text: str) -> Place | None:
    """The place that the text names and asks nothing else about."""
    place = place_named(desk, text)
    if place is None:
        return None
    rest = plain(text)
    for name in sorted(_names(desk, place), key=len, reverse=True):
        rest = rest.replace(name, "")
    return place if len(without_follow_up(rest)) < 2 else None


def _names(desk: Desk, place: Place) -> Iterator[str]:
    """Also with the district as people call it: 鲅鱼圈政务服务中心 for 鲅鱼圈区政务服务中心."""
    region = desk.city.regions.get(place.region)
    short = [a + place.name.removeprefix(region.name) for a in region.aliases] if region else []
    yield from (n for n in map(plain, (place.name, *place.aliases, *short)) if len(n) >= SHORTEST_NAME)


def about_place(desk: Desk, place: Place) -> Reply:
    """What is published of it; what is not is said to be left to the official notice."""
    unsourced = desk.city.info.unsourced
    phones = "、".join(place.phones) or desk.city.info.consultation_phone
    lines = (f"地址：{place.address or unsourced}。", f"办公时间：{place.hours or unsourced}。", f"电话：{phones}。")
    return Reply(outcome="field_answer", values={"answer": "\n".join((place.name, *lines)), "title": place.name})


def without_follow_up(text: str) -> str:
    """What is left of a text when words that only ask on are taken out."""
    rest = plain(text)
    for word in sorted(answering()["follow_up_words"], key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest

"""What goes with a record, and why."""

from answers.desk import Desk, answering
from answers.related import related


def whys(desk: Desk, record: str, together: tuple[str, ...] = ()) -> dict[str, str]:
    return {entry.id: entry.why for entry in related(desk, record, together)}


def test_the_next_step_comes_first(desk: Desk) -> None:
    found = whys(desk, "birth-certificate")
    assert next(iter(found.items())) == ("birth-household-registration", "办完常接着办")
    bundle = next(b for b in desk.city.bundles.values() if any(p.item == "birth-certificate" for p in b.items))
    assert found[bundle.id] == "这件事可以和别的事一起办"


def test_the_order_of_a_bundle_is_a_next_step(desk: Desk) -> None:
    told: dict[tuple[str, str], str] = {}
    for bundle in desk.city.bundles.values():
        for part in bundle.items:
            for before in part.after:
                told |= {(before, i): why for i, why in whys(desk, before).items() if bundle.name in why}
    assert told
    assert all("的下一步" in why for why in told.values())


def test_asked_together_is_told_only_where_it_is_known(desk: Desk) -> None:
    without = whys(desk, "resident-id-card")
    assert "很多人也一起问了" not in without.values()
    other = next(i for i in desk.city.items if i not in without and i != "resident-id-card")
    found = whys(desk, "resident-id-card", (other, "no-such-record", "resident-id-card"))
    assert found[other] == "很多人也一起问了"
    assert not {"no-such-record", "resident-id-card"} & set(found)


def test_every_record_has_related_ones_without_repetition(desk: Desk) -> None:
    for record in ("resident-id-card", "open-restaurant", "faq-death-first-step", "place-center-zhanqian"):
        found = related(desk, record)
        assert 0 < len(found) <= answering()["related"]["all"]
        assert len({e.id for e in found}) == len(found)
        assert all(e.why for e in found)

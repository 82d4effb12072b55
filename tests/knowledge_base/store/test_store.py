"""Versions: who may do what when, that nothing is lost, and what was valid at any moment."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from knowledge_base.store import Conflict, Forbidden, NotFound, State, Store, WrongState
from knowledge_base.store.bodies import Invalid


def material(**more: Any) -> dict[str, Any]:
    return {"id": "paper-a", "name": "甲纸", "kind": "form", **more}


def published(store: Store, **more: Any) -> int:
    """→ id of the version."""
    newest = store.newest("material", "paper-a")
    version = store.save("material", material(**more), "甲", "改", newest.id if newest else None)
    store.submit(version.id, "甲")
    store.approve(version.id, "乙")
    store.publish([version.id], "乙")
    return version.id


def test_a_version_goes_from_draft_to_published_and_retired(store: Store) -> None:
    first, second = published(store), published(store, issuer="丙")
    assert store.version(first).state == State.RETIRED
    assert store.version(second).state == State.PUBLISHED
    assert [v.body for v in store.served()] == [material(issuer="丙")]
    assert [v.number for v in store.history("material", "paper-a")] == [2, 1]
    actions = [a.action for a in reversed(store.audit("material", "paper-a"))]
    assert actions == ["save", "submit", "approve", "publish"] * 2


def test_steps_cannot_be_left_out(store: Store) -> None:
    draft = store.save("material", material(), "甲", "新", None)
    for step in (lambda: store.approve(draft.id, "乙"), lambda: store.publish([draft.id], "乙")):
        with pytest.raises(WrongState):
            step()
    store.submit(draft.id, "甲")
    with pytest.raises(Forbidden):
        store.approve(draft.id, "甲")
    store.send_back(draft.id, "乙", "名称再斟酌")
    assert store.version(draft.id).state == State.DRAFT
    assert store.version(draft.id).review_note == "名称再斟酌"
    assert store.served() == []


def test_a_body_that_is_no_record_is_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="kind"):
        store.save("material", {"id": "paper-a", "name": "甲"}, "甲", "新", None)
    assert store.history("material", "paper-a") == []


def test_the_second_editor_is_told_and_shown(store: Store) -> None:
    base = published(store)
    mine = store.save("material", material(issuer="我"), "我", "改", base)
    with pytest.raises(Conflict) as told:
        store.save("material", material(issuer="他"), "他", "改", base)
    assert told.value.theirs.id == mine.id
    after = store.save("material", material(issuer="都要"), "他", "合并", mine.id)
    assert store.version(mine.id).body == material(issuer="我"), "a draft that was built upon is kept"
    assert (newest := store.newest("material", "paper-a")) is not None
    assert newest.id == after.id


def test_of_many_at_once_one_wins(store: Store) -> None:
    base = published(store)
    ends: list[str] = []

    def edit(name: str) -> None:
        try:
            store.save("material", material(issuer=name), name, "改", base)
            ends.append("saved")
        except Conflict:
            ends.append("told")

    threads = [threading.Thread(target=edit, args=(f"编{i}",)) for i in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(ends) == ["saved"] + ["told"] * 5


def test_several_are_published_together_or_not_at_all(store: Store) -> None:
    good = store.save("material", material(), "甲", "新", None)
    store.submit(good.id, "甲")
    store.approve(good.id, "乙")
    with pytest.raises(NotFound):
        store.publish([good.id, 999_999], "乙")
    assert store.served() == []
    assert store.version(good.id).state == State.REVIEWED


def test_what_was_valid_then(store: Store) -> None:
    start = datetime.now(UTC)
    published(store)
    between = datetime.now(UTC)
    published(store, issuer="后来")
    assert store.served(start) == []
    assert [v.body for v in store.served(between)] == [material()]
    assert [v.body for v in store.served(datetime.now(UTC))] == [material(issuer="后来")]


def test_publishing_and_expiry_at_a_time(store: Store) -> None:
    draft = store.save("material", material(), "甲", "新", None)
    store.submit(draft.id, "甲")
    store.approve(draft.id, "乙")
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert store.publish([draft.id], "乙", soon) is None
    assert store.run_due() is None
    assert store.served() == []
    assert store.run_due(at=soon + timedelta(seconds=1)) is not None
    assert [v.id for v in store.served()] == [draft.id]
    assert store.expire("material", "paper-a", "乙", "停用", soon) is None
    assert store.run_due(at=soon + timedelta(seconds=1)) is not None
    assert store.served() == []
    assert store.history("material", "paper-a"), "nothing is ever deleted"


def test_rolling_back_makes_a_new_version(store: Store) -> None:
    published(store)
    published(store, issuer="错了")
    revision = store.revision()
    assert store.roll_back("material", "paper-a", 1, "乙", "改错了") > revision
    assert [v.body for v in store.served()] == [material()]
    assert [v.number for v in store.history("material", "paper-a")] == [3, 2, 1]
    with pytest.raises(NotFound):
        store.roll_back("material", "paper-a", 9, "乙", "没有")


def test_rolling_back_does_not_run_over_an_open_draft(store: Store) -> None:
    published(store)
    base = published(store, issuer="二")
    store.save("material", material(issuer="三"), "甲", "改", base)
    with pytest.raises(Conflict):
        store.roll_back("material", "paper-a", 1, "乙", "回退")


def test_readers_learn_what_changed(store: Store) -> None:
    published(store)
    known = store.revision()
    published(store, issuer="新")
    assert store.changed_since(known) == [("material", "paper-a")]
    assert store.changed_since(store.revision()) == []


def test_a_hot_fix_is_one_act_and_loses_no_version(store: Store) -> None:
    record = {"id": "pin", "queries": ["身份证"], "pinned": ["a"]}
    first = store.publish_directly("curation", record, "甲", "急", None)
    with pytest.raises(Conflict):
        store.publish_directly("curation", {**record, "pinned": ["b"]}, "乙", "急", None)
    second = store.publish_directly("curation", {**record, "pinned": ["b"]}, "乙", "又急", first.id)
    history = [(v.number, v.state) for v in store.history("curation", "pin")]
    assert history == [(2, State.PUBLISHED), (1, State.RETIRED)]
    assert (second.reviewer, second.origin) == ("乙", "直接发布")
    told = [(a.who, a.action, a.why) for a in store.audit("curation", "pin")]
    assert ("甲", "publish_directly", "急") in told
    assert store.changed_since(0) == [("curation", "pin")]

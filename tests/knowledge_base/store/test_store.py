"""Versions: who may do what when, that nothing is lost, and what was valid at any moment."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.event import listen, remove

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


def paper(name: str, **more: Any) -> tuple[str, dict[str, Any], int | None]:
    return "material", material(**{"id": name, **more}), None


def test_many_are_reviewed_in_one_act_with_a_trace_of_each(store: Store) -> None:
    drafts = store.save_all([paper(f"paper-{n}") for n in range(3)], "甲", "批量导入", "表.xlsx")
    ids = [v.id for v in drafts]
    store.submit_all(ids, "甲")
    with pytest.raises(Forbidden):
        store.approve_all(ids, "甲")
    assert {v.state for v in store.several(ids)} == {State.IN_REVIEW}
    approved = store.approve_all(ids, "乙", "都看过了")
    assert [(v.id, v.reviewer, v.review_note) for v in approved] == [(id_, "乙", "都看过了") for id_ in ids]
    revision = store.publish(ids, "乙")
    assert revision is not None
    assert store.changed_since(revision - 1) == [("material", f"paper-{n}") for n in range(3)]
    for n in range(3):
        trail = [(a.who, a.action, a.why) for a in reversed(store.audit("material", f"paper-{n}"))]
        assert trail == [
            ("甲", "save", "批量导入"),
            ("甲", "submit", ""),
            ("乙", "approve", "都看过了"),
            ("乙", "publish", ""),
        ]


def test_one_that_cannot_be_reviewed_holds_back_all(store: Store) -> None:
    mine = store.save_all([paper("paper-1"), paper("paper-2")], "甲", "新")
    theirs = store.save_all([paper("paper-3")], "乙", "新")
    ids = [v.id for v in (*mine, *theirs)]
    with pytest.raises(NotFound):
        store.submit_all([*ids, 999_999], "甲")
    assert {v.state for v in store.several(ids)} == {State.DRAFT}
    store.submit_all(ids, "甲")
    with pytest.raises(Forbidden):
        store.approve_all(ids, "乙")
    assert {v.state for v in store.several(ids)} == {State.IN_REVIEW}
    sent = store.send_back_all(ids, "乙", "都要改")
    assert {(v.state, v.review_note) for v in sent} == {(State.DRAFT, "都要改")}
    with pytest.raises(WrongState):
        store.approve_all(ids, "丙")


def test_of_many_drafts_one_that_another_changed_stops_all(store: Store) -> None:
    base = published(store)
    other = store.save("material", material(issuer="他"), "他", "改", base)
    with pytest.raises(Conflict) as told:
        store.save_all([paper("paper-1"), ("material", material(issuer="我"), base)], "我", "导入")
    assert told.value.theirs.id == other.id
    assert store.newest("material", "paper-1") is None


@pytest.mark.parametrize("step", ["save", "submit", "approve", "publish"])
def test_the_number_of_queries_does_not_grow_with_the_records(store: Store, step: str) -> None:
    """SQLite, in this process, is given new rows one by one; PostgreSQL, over the network, in batches."""
    one_by_one = store.engine.dialect.name == "sqlite"

    def statements(many: int) -> int:
        said: list[str] = []

        def heard(*event: Any) -> None:
            if not (one_by_one and event[2].startswith("INSERT")):
                said.append(event[2])

        def step_of(name: str) -> None:
            if name == step:
                listen(store.engine, "before_cursor_execute", heard)
            match name:
                case "save":
                    ids[:] = [
                        v.id for v in store.save_all([paper(f"paper-{many}-{n}") for n in range(many)], "甲", "新")
                    ]
                case "submit":
                    store.submit_all(ids, "甲")
                case "approve":
                    store.approve_all(ids, "乙")
                case _:
                    store.publish(ids, "乙")
            if name == step:
                remove(store.engine, "before_cursor_execute", heard)

        ids: list[int] = []
        for name in ("save", "submit", "approve", "publish"):
            step_of(name)
        return len(said)

    assert statements(60) <= statements(3) + 2


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

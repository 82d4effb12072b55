"""Turns: as many searches at once as said; parts of one side by side only while a turn is free, with the same results."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from index.turns import Turns

SECONDS = 20.0


def meeting(parties: int) -> Callable[[], int]:
    """A task that ends only when so many are at it at the same time; gives its thread."""
    met = threading.Barrier(parties)

    def task() -> int:
        met.wait(SECONDS)
        return threading.get_ident()

    return task


def test_parts_run_side_by_side_while_a_turn_is_free() -> None:
    turns = Turns(2)
    with turns:
        first, second = turns.together([task := meeting(2), task])
    assert first == threading.get_ident() != second
    turns.close()


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_results_keep_the_order_of_their_tasks(at_once: int) -> None:
    turns = Turns(at_once)
    with turns:
        assert turns.together([partial(pow, n, 2) for n in range(50)]) == [n * n for n in range(50)]
        assert turns.together([]) == []
    turns.close()


def test_with_all_turns_taken_a_search_does_its_own_work() -> None:
    turns = Turns(2)
    with turns, turns:
        assert set(turns.together([threading.get_ident] * 5)) == {threading.get_ident()}
    turns.close()


@pytest.mark.parametrize("wrong", [0, 1])
def test_what_a_task_raises_is_raised_and_both_turns_are_given_back(wrong: int) -> None:
    def fail() -> None:
        task()
        raise LookupError("no index")

    turns, task = Turns(2), meeting(2)
    tasks: list[Callable[[], object]] = [task, task]
    tasks[wrong] = fail
    with pytest.raises(LookupError, match="no index"), turns:
        turns.together(tasks)
    with turns, turns:
        pass
    turns.close()


def test_no_more_searches_at_once_than_there_are_turns() -> None:
    turns, under_way, most = Turns(2), 0, 0
    lock = threading.Lock()

    def count(by: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += by
            most = max(most, under_way)

    def part() -> None:
        count(1)
        threading.Event().wait(0.001)
        count(-1)

    def search() -> None:
        for _ in range(20):
            with turns:
                turns.together([part, part])

    searching = [threading.Thread(target=search) for _ in range(4)]
    for thread in searching:
        thread.start()
    for thread in searching:
        thread.join(SECONDS)
    assert most == 2
    turns.close()

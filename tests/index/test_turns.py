"""Turns: as many searches at once as said; parts of one side by side only while a turn is free, with the same results."""

from __future__ import annotations

import os
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


def test_parts_run_side_by_side_while_a_core_is_free() -> None:
    turns = Turns(2, cores=2)
    with turns:
        first, second = turns.together([task := meeting(2), task])
    assert first == threading.get_ident() != second
    turns.close()


def test_a_helper_is_kept_off_the_core_of_who_calls_it() -> None:
    turns, meet = Turns(2, cores=2), meeting(2)

    def task() -> set[int]:
        meet()
        return os.sched_getaffinity(0)

    with turns:
        own, helpers = turns.together([task, task])
    turns.close()
    assert own == os.sched_getaffinity(0), "who calls is moved nowhere"
    assert helpers < own or (helpers == own and len(own) == 1)


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_results_keep_the_order_of_their_tasks(cores: int) -> None:
    turns = Turns(2, cores)
    with turns:
        assert turns.together([partial(pow, n, 2) for n in range(50)]) == [n * n for n in range(50)]
        assert turns.together([]) == []
    turns.close()


def test_with_all_cores_taken_a_search_does_its_own_work() -> None:
    turns = Turns(10, cores=2)
    with turns, turns:
        assert set(turns.together([threading.get_ident] * 5)) == {threading.get_ident()}
    turns.close()


@pytest.mark.parametrize("wrong", [0, 1])
def test_what_a_task_raises_is_raised_and_turn_and_core_are_given_back(wrong: int) -> None:
    def fail() -> None:
        task()
        raise LookupError("no index")

    turns, task = Turns(1, cores=2), meeting(2)
    tasks: list[Callable[[], object]] = [task, task]
    tasks[wrong] = fail
    with pytest.raises(LookupError, match="no index"), turns:
        turns.together(tasks)
    with turns:
        assert len(set(turns.together([task, task]))) == 2
    turns.close()


def test_who_comes_next_waits_for_turns_but_not_for_anothers_helper() -> None:
    turns, entered, helping, done = Turns(2, cores=2), threading.Semaphore(0), threading.Event(), threading.Event()

    def slow() -> None:
        helping.set()
        done.wait(SECONDS)

    def search() -> None:
        with turns:
            turns.together([slow, slow])

    def next_one() -> None:
        with turns:
            entered.release()
            done.wait(SECONDS)

    searching = [threading.Thread(target=search), *(threading.Thread(target=next_one) for _ in range(2))]
    searching[0].start()
    assert helping.wait(SECONDS)
    for thread in searching[1:]:
        thread.start()
    assert entered.acquire(timeout=SECONDS), "the second turn is free while the first one's helper works"
    assert not entered.acquire(timeout=0.2), "there are two turns"
    done.set()
    for thread in searching:
        thread.join(SECONDS)
    turns.close()

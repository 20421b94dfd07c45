"""tck.run.side_by_side: parts of one check at once, with results in the order of the parts."""

import threading
from functools import partial

import pytest

from tck.run.side_by_side import SideBySide, in_order


def same(value: int) -> int:
    return value


@pytest.mark.parametrize("lanes", [1, 4])
def test_results_come_in_the_order_of_the_tasks(lanes: int):
    assert list(in_order(lanes, (partial(same, number) for number in range(40)))) == list(range(40))


def test_tasks_are_under_way_at_once():
    met = threading.Barrier(3)
    assert len(list(in_order(3, [partial(met.wait, 30)] * 3))) == 3


def test_one_lane_begins_a_task_only_when_its_result_is_asked_for():
    begun: list[int] = []
    results = in_order(1, (partial(begun.append, number) for number in range(3)))
    next(results)
    assert begun == [0]


@pytest.mark.parametrize("lanes", [1, 3])
def test_what_a_task_raises_comes_in_its_place(lanes: int):
    results = in_order(lanes, (partial(divmod, 6, number) for number in (3, 2, 0, 1)))
    assert (next(results), next(results)) == ((2, 0), (3, 0))
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_tasks_of_one_kind_go_one_after_the_other():
    beside = SideBySide[int](4)
    first_may_end, seen = threading.Event(), list[str]()

    def first() -> int:
        first_may_end.wait(30)
        seen.append("first")
        return 1

    def second() -> int:
        seen.append("second")
        return 2

    def another() -> int:
        seen.append("another")
        first_may_end.set()
        return 3

    beside.begin(first, after="a")
    beside.begin(second, after="a")
    beside.begin(another)
    assert list(beside.results(all_of_them=True)) == [1, 2, 3]
    beside.end()
    assert seen == ["another", "first", "second"]

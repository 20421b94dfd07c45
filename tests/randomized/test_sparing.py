"""Generated checks fit into what a run may send and make."""

import pytest

from tck.costs.cost_table import Cost, Costs, Generated
from tck.costs.generated_share import SHARES, Allowance
from tck.transport.rate_limiter import Pacer

TABLE = Costs(
    start=Cost(2),
    shared=Cost(20, 10),
    written={"test_create.py::test_it": Cost(300, 110)},
    generated={f"test_{part}.py::test_it": Generated(part, Cost(1000, 80), Cost(100, 4)) for part in SHARES},
)


@pytest.mark.parametrize("part", SHARES)
def test_without_a_limit_a_part_makes_what_it_wants(part: str) -> None:
    allowance = Allowance(TABLE)
    assert (allowance.sessions(part, 48), allowance.some(20), allowance.words) == (48, 20, "")


@pytest.mark.parametrize(("limit", "most"), [(10, 37), (150, 37), (200, 50), (250, 100)])
def test_all_parts_together_leave_room_for_the_written_checks(limit: int, most: int) -> None:
    assert sum(Allowance(TABLE, None, limit).sessions(part, 10**6) for part in SHARES) <= most


def test_a_part_makes_no_more_than_it_wants() -> None:
    assert Allowance(TABLE, None, 200).sessions("races", 3) == 3


def test_a_limit_on_requests_makes_examples_walks_and_rounds_fewer() -> None:
    room_for_half = 2 + 300 + 4 * 20 + 3 * 550
    allowance = Allowance(TABLE, room_for_half)
    assert (allowance.portion, allowance.some(20), allowance.examples(50)) == (0.5, 10, 25)
    assert allowance.cost("races").requests == 550
    assert Allowance(TABLE, 1).some(20, 6) == 6


def test_more_examples_than_usual_cost_more() -> None:
    assert Allowance(TABLE, intensity=2.0).cost("fuzz").requests == 1900
    assert Allowance(TABLE, intensity=2.0).cost("races").requests == 1000


def _stands_still() -> float:
    return 100.0


def test_a_burst_waits_for_its_turns_and_then_goes_at_once() -> None:
    pacer = Pacer(10.0, _stands_still)
    assert pacer.turn() == 0.0
    assert pacer.burst(5) == pytest.approx(0.5)
    assert [pacer.turn() for _ in range(5)] == [0.0] * 5
    assert pacer.turn() == pytest.approx(0.6)


def test_a_burst_is_no_more_than_the_calls_of_one_second() -> None:
    pacer = Pacer(2.0, _stands_still)
    pacer.burst(12)
    assert [pacer.turn() == 0.0 for _ in range(3)] == [True, True, False]


def test_without_a_rate_nothing_waits() -> None:
    pacer = Pacer(None)
    assert pacer.burst(12) == pacer.turn() == 0.0

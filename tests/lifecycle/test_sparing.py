"""Generated checks fit into what a run may send and make."""

import pytest

from tck import budget
from tck.budget import SHARES, Pacer, sessions_for


@pytest.mark.parametrize("part", SHARES)
def test_without_a_limit_a_part_makes_what_it_wants(part: str) -> None:
    assert sessions_for(part, 48, None) == 48


@pytest.mark.parametrize(("limit", "most"), [(10, 2), (150, 37), (200, 50), (250, 100)])
def test_all_parts_together_leave_room_for_the_written_checks(limit: int, most: int) -> None:
    assert sum(sessions_for(part, 10**6, limit) for part in SHARES) <= most


def test_a_part_makes_no_more_than_it_wants() -> None:
    assert sessions_for("races", 3, 200) == 3


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget.time, "monotonic", lambda: 100.0)


def test_a_burst_waits_for_its_turns_and_then_goes_at_once() -> None:
    pacer = Pacer(10.0)
    assert pacer.turn() == 0.0
    assert pacer.burst(5) == pytest.approx(0.5)
    assert [pacer.turn() for _ in range(5)] == [0.0] * 5
    assert pacer.turn() == pytest.approx(0.6)


def test_a_burst_is_no_more_than_the_calls_of_one_second() -> None:
    pacer = Pacer(2.0)
    pacer.burst(12)
    assert [pacer.turn() == 0.0 for _ in range(3)] == [True, True, False]


def test_without_a_rate_nothing_waits() -> None:
    pacer = Pacer(None)
    assert pacer.burst(12) == pacer.turn() == 0.0

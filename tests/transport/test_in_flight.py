"""tck.transport.in_flight: how many requests go at once over all processes, and fewer where a target strains."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tck.transport import in_flight
from tck.transport.in_flight import CUT_AGAIN, EASED, WINDOW, InFlight, Load


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the module sees; waiting moves it on."""
    now = [1_700_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(in_flight, "FRESH", 0.0)
    return now


def test_without_a_limit_nothing_is_kept(tmp_path: Path):
    one = InFlight(tmp_path)
    with one.turn(), one.turn():
        one.asked_to_wait(5.0)
        one.answered(3.0)
    assert list(tmp_path.iterdir()) == []
    assert one.story() == ""


def test_no_more_go_at_once_than_may_over_all_processes(tmp_path: Path):
    one, other = InFlight(tmp_path, 2), InFlight(tmp_path, 2)
    got = threading.Event()

    def third() -> None:
        with other.turn():
            got.set()

    with ExitStack() as first:
        first.enter_context(one.turn())
        with other.turn():
            thread = threading.Thread(target=third)
            thread.start()
            assert not got.wait(0.2)
        assert got.wait(30)
    thread.join()


def test_a_race_goes_aside(tmp_path: Path):
    one = InFlight(tmp_path, 1)
    with one.turn(), one.aside(), one.turn():
        pass


def test_a_429_halves_what_goes_at_once_and_holds_all_back(tmp_path: Path, clock: list[float]):
    one, other = InFlight(tmp_path, 8), InFlight(tmp_path, 8)
    one.asked_to_wait(3.0)
    assert replace(other.load(), changed=0) == Load(4, 4, busy=1, until=clock[0] + 3.0)
    other.asked_to_wait(1.0)
    assert one.load() == Load(4, 4, 2, changed=clock[0], until=clock[0] + 3.0), "one strain is one cut"
    for _ in range(5):
        clock[0] += CUT_AGAIN + 0.1
        one.asked_to_wait(1.0)
    assert (other.load().level, other.load().lowest) == (1, 1)
    assert one.story() == (
        "the target answered 429 to 7 requests: of 8 requests at once, at times one alone was sent."
    )


def test_nothing_is_sent_while_the_target_asked_to_wait(
    tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
):
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(in_flight, "pause", pause)
    InFlight(tmp_path, 2).asked_to_wait(0.5)
    with InFlight(tmp_path, 2).turn():
        assert sum(waited) == pytest.approx(0.5, abs=0.02)


def test_without_strain_more_and_more_go_at_once_again(tmp_path: Path, clock: list[float]):
    one = InFlight(tmp_path, 4)
    one.asked_to_wait(0.1)
    assert one.load().level == 2
    one.answered(0.1)
    assert one.load().level == 2
    for level in (3, 4, 4):
        clock[0] += EASED + 0.1
        one.answered(0.1)
        assert one.load().level == level
    assert one.story() == (
        "the target answered 429 to 1 request: of 4 requests at once, at times only 2 were sent."
    )


def test_replies_that_become_much_slower_are_a_strain(tmp_path: Path, clock: list[float]):
    one = InFlight(tmp_path, 6)
    for _ in range(3 * WINDOW):
        one.answered(0.1)
    for _ in range(WINDOW):
        one.answered(0.5)
    assert one.load().level == 6, "three times as long and a quarter of a second are not exceeded"
    for _ in range(WINDOW):
        one.answered(0.8)
    assert one.load().level == 3
    assert one.story() == (
        "the target became slower under load: of 6 requests at once, at times only 3 were sent."
    )


def test_a_few_slow_replies_are_none(tmp_path: Path):
    one = InFlight(tmp_path, 6)
    for number in range(6 * WINDOW):
        one.answered(9.0 if number % 3 == 0 else 0.1)
    assert one.load().level == 6


def test_a_process_that_dies_leaves_no_slot_taken(tmp_path: Path):
    """A lock on a file ends with whoever held it: here the object goes, in a run the process."""
    one = InFlight(tmp_path, 1)
    one._taken()
    del one
    began = time.monotonic()
    with InFlight(tmp_path, 1).turn():
        assert time.monotonic() - began < 30


def test_where_nothing_can_be_written_requests_go_all_the_same(tmp_path: Path):
    (tmp_path / "full").touch()
    one = InFlight(tmp_path / "full" / "disk", 2)
    with one.turn(), one.turn():
        one.asked_to_wait(0.1)
    assert one.load().level == 2

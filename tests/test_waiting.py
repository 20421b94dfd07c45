"""How long a process waits for writes on a target that loses them."""

import pytest

from tck import waiting
from tck.waiting import ReadPatience, steadily


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(waiting, "VISIBLE_WITHIN", 0.02)
    monkeypatch.setattr(waiting, "HURRIED", 0.0)
    monkeypatch.setattr(waiting, "PAUSE", 0.001)


def test_waits_in_vain_are_counted():
    patience = ReadPatience()
    assert not patience.wait(lambda: 0, bool).held
    assert patience.wait(lambda: 1, bool).held
    assert patience.in_vain == 1


def test_the_wait_is_whole_until_several_were_in_vain():
    patience = ReadPatience(in_vain=waiting.IN_VAIN - 1)
    assert patience.wait(lambda: 0, bool).looks > 1


def test_after_several_waits_in_vain_a_process_hurries():
    patience = ReadPatience(in_vain=waiting.IN_VAIN)
    assert patience.wait(lambda: 0, bool).looks == 1


def test_a_hurrying_process_still_sees_what_is_there():
    assert ReadPatience(in_vain=waiting.IN_VAIN).wait(lambda: 1, bool).held


def looks(*values):
    """Looks that show these values in turn, and the last one for ever."""
    left = list(values)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_what_must_hold_so_often_in_a_row_is_looked_at_so_often():
    waited = steadily(looks(1), bool, 10)
    assert (waited.held, waited.looks, waited.went_back, waited.delay) == (True, 10, False, waited.delay)


def test_looks_that_go_back_are_noted_and_begin_anew():
    waited = steadily(looks(0, 1, 1, 0, 1), bool, 3)
    assert (waited.held, waited.looks, waited.went_back) == (True, 7, True)


def test_what_holds_every_other_time_does_not_hold():
    turn = iter([1, 0] * 1000)
    waited = steadily(lambda: next(turn), bool, 2, within=0.01)
    assert (waited.held, waited.value, waited.went_back) == (False, 0, True)


def test_a_process_knows_that_reads_lag_once_one_did():
    patience = ReadPatience(probes=0)
    assert patience.wait_until_steady(looks(1), bool, 2).held
    assert not patience.in_doubt
    patience.wait_until_steady(looks(0, 0, 1), bool, 2)
    assert patience.lag > 0
    assert patience.in_doubt


def test_a_write_that_is_never_seen_is_no_lag():
    patience = ReadPatience(probes=0)
    assert not patience.wait_until_steady(looks(0), bool, 2).held
    assert (patience.lag, patience.in_vain) == (0.0, 1)


def test_a_process_is_in_doubt_until_it_has_found_out():
    assert ReadPatience().in_doubt

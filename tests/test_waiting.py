"""How long a process waits for writes on a target that loses them."""

import pytest

from tck import waiting
from tck.waiting import ReadPatience


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

"""Instants of clocks that differ: what is looked at again, and what is told apart all the same."""

import pytest

from tck import waiting
from tck.checking import clocks
from tck.checking.check import Check
from tck.checking.clocks import OLD_ENOUGH, about, in_good_time, let_pass, order_is_certain
from tck.values.json_equality import JsonValue, Kind


def instant(second: int) -> JsonValue:
    return JsonValue(f"2026-11-29T10:00:{second:02d}.000Z", Kind.INSTANT)


def test_an_instant_may_be_some_seconds_off():
    assert instant(10) >= about(instant(15))
    assert not instant(10) >= about(instant(16))
    assert instant(10) <= about(instant(5))
    assert not instant(10) <= about(instant(4))
    assert repr(about(instant(5))).endswith('Z", give or take 5 s')


@pytest.mark.parametrize(("later", "certain"), [(10, True), (11, True), (9, False), (5, False), (4, True)])
def test_only_what_two_clocks_may_explain_is_uncertain(later, certain):
    assert order_is_certain(instant(10), instant(later)) is certain


@pytest.mark.parametrize(("fine", "asked"), [([True], [0.0]), ([False, True], [0.0, OLD_ENOUGH])])
def test_what_is_not_certain_is_observed_with_something_older(fine, asked):
    waits: list[float] = []
    seen = in_good_time(
        Check("a check", ()), lambda wait: waits.append(wait) or len(waits), lambda n: fine[n - 1]
    )
    assert (waits, seen) == (asked, len(asked))


def test_the_wait_is_bounded(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(clocks, "pause", slept.append)
    let_pass(1e6)
    assert slept == [OLD_ENOUGH]
    assert OLD_ENOUGH > waiting.CLOCKS_DIFFER

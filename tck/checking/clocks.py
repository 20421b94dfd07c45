"""Instants of one target, whose clocks may differ by some seconds: what looks wrong by less proves nothing.

A check that sees instants out of order looks again at something older than that; where clocks agree, nobody
waits.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tck.checking.check import Check
from tck.values.json_equality import JsonValue
from tck.waiting import CLOCKS_DIFFER, pause

T = TypeVar("T")
OLD_ENOUGH = CLOCKS_DIFFER + 1.0
"""Seconds after which an instant that is another's, and no later one, is told from a clock that differs."""


def about(instant: JsonValue) -> JsonValue:
    """An instant, compared give or take the seconds by which two clocks of the target may differ."""
    return replace(instant, allowance=CLOCKS_DIFFER)


def order_is_certain(earlier: JsonValue, later: JsonValue) -> bool:
    """Whether an instant is no earlier than another one, or earlier by more than two clocks may differ."""
    return later >= earlier or not later >= about(earlier)


def in_good_time(check: Check, observe: Callable[[float], T], is_certain: Callable[[T], bool]) -> T:
    """What was observed; where that is not certain by itself, what is observed with something older.

    `observe` gets the seconds that it must let pass between what it prepares and what it observes.
    """
    seen = observe(0.0)
    with check.unnoted():
        certain = is_certain(seen)
    return seen if certain else observe(OLD_ENOUGH)


def let_pass(seconds: float) -> None:
    """Wait between what is prepared and what is observed."""
    pause(min(seconds, OLD_ENOUGH))

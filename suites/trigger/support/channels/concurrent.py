"""Calls on channels at the same time."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tck.randomized import together
from tck.run import Run

T = TypeVar("T")


def at_once(run: Run, calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all calls at the same time, as far as the rate limit allows; what each returned."""
    run.client.wait(run.client.pacer.burst(len(calls)))
    with run.client.in_flight.aside():
        return together(calls)

"""How long a run may still take: pure, from what its checks have taken so far."""

from collections.abc import Sequence
from typing import NamedTuple

OVERHEAD = 9.0
"""What a check takes beside its requests, as a number of requests: measured against the reference."""
REPORTING = 0.0009
"""Seconds that the reports take for each request of a run."""
RECENT = 0.5
"""The part of the work done, the latest, by which the pace is measured."""


class Work(NamedTuple):
    """Checks, and the requests that they send on the reference."""

    checks: int = 0
    requests: float = 0.0

    @property
    def units(self) -> float:
        """The work in requests."""
        return self.checks * OVERHEAD + self.requests


History = Sequence[tuple[float, Work]]
"""The work that was done after so many seconds, rising."""


def time_left(history: History, whole: Work, to_close: int, rate: float | None) -> float | None:
    """Seconds until the end of a run, the closing of its sessions and the reports included.

    `to_close` are the sessions that are open now, `rate` the requests per second that are allowed. None while
    no check has ended.
    """
    now, done = history[-1]
    if not done.units:
        return None
    earlier = [(0.0, Work()), *history[:-1]]
    since, before = next(
        (one for one in reversed(earlier) if one[1].units <= (1 - RECENT) * done.units), earlier[0]
    )
    pace = (now - since) / (done.units - before.units)
    slowest = 1 / rate if rate else 0.0
    checks = max(pace * (whole.units - done.units), slowest * (whole.requests - done.requests))
    closing = max(pace, slowest) * to_close * whole.units / done.units
    return max(0.0, checks) + closing + REPORTING * whole.requests

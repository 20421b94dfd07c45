"""How long a run may still take: pure, from what its checks have taken so far."""

from typing import NamedTuple

OVERHEAD = 9.0
"""What a check takes beside its requests, as a number of requests: measured against the reference."""
REPORTING = 0.2
"""What the reports take for each request of a run, in the time that one process takes for a request."""
FASTEST, SLOWEST = 0.0007, 0.0016
"""Seconds between which that lies: the time for a request tells of this machine, but also of the network."""


class Work(NamedTuple):
    """Checks, and the requests that they send on the reference."""

    checks: int = 0
    requests: float = 0.0

    @property
    def units(self) -> float:
        """The work in requests."""
        return self.checks * OVERHEAD + self.requests


def time_left(
    elapsed: float, done: Work, whole: Work, *, to_close: int = 0, rate: float | None = None, workers: int = 1
) -> float | None:
    """Seconds until the end of a run, the closing of its sessions and the reports included.

    `to_close` are the sessions that are open now, `rate` the requests per second that are allowed. None while
    no check has ended.
    """
    if not done.units:
        return None
    pace = elapsed / done.units
    slowest = 1 / rate if rate else 0.0
    checks = max(pace * (whole.units - done.units), slowest * (whole.requests - done.requests))
    closing = max(pace, slowest) * to_close * whole.units / done.units
    reports = min(SLOWEST, max(FASTEST, REPORTING * pace * workers)) * whole.requests
    return max(0.0, checks) + closing + reports

"""A line now and then during a long run: how far it is, what it cost, and how long it may still take."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tck.pytest_plugin.fixtures import RUN

PATIENCE = 10.0
"""Seconds without a word; a run that ends before says nothing."""
LATER = 30.0
"""Seconds between two lines once the run is a minute old."""
MINUTE = 60.0


class Progress:
    """A pytest plugin of the controlling process; it speaks only when a check has ended, and not with -q."""

    def __init__(self, config: pytest.Config, clock: Callable[[], float] = time.monotonic) -> None:
        self.config = config
        self.clock = clock
        self.begun = self.next = 0.0
        self.total = self.done = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the checks, and begin."""
        self._begin(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Count the checks that a worker found; each finds all of them."""
        self._begin(len(ids))

    def _begin(self, total: int) -> None:
        self.total = total
        self.begun = self.clock()
        self.next = self.begun + PATIENCE

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        """Say how far the run is, if it is time."""
        self.done += 1
        now = self.clock()
        run = self.config.stash.get(RUN, None)
        if now < self.next or run is None or self.done >= self.total:
            return
        elapsed = now - self.begun
        self.next = now + (PATIENCE if elapsed < MINUTE else LATER)
        spent = run.budget
        self._say(progress_line(self.done, self.total, elapsed, spent.requests.count, spent.sessions.count))

    def _say(self, line: str) -> None:
        reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        verbosity = getattr(self.config.option, "verbose", 0)
        if reporter is None or verbosity < 0:
            return
        among_dots = verbosity == 0 and reporter.currentfspath is None  # of several workers
        reporter.ensure_newline()
        reporter.write_line(f"\n{line}" if among_dots else line)


def progress_line(done: int, total: int, elapsed: float, requests: int, sessions: int) -> str:
    """How far a run is; the time left supposes that the checks to come are like those that were."""
    left = elapsed * (total - done) / done
    return (
        f"  {done} of {total} checks, {requests:,} requests, {sessions:,} sessions made, "
        f"about {_duration(left)} left"
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

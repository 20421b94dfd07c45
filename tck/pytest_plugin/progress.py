"""A line at least every ten seconds of a long run: how far it is, its cost, how long it may still take."""

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest

from tck.cleanup.ledger import ledger_files, read_ledger
from tck.costs.cost_table import Costs
from tck.pytest_plugin.command_line import PLAN
from tck.pytest_plugin.confirm import AGAIN
from tck.pytest_plugin.fixtures import RUN
from tck.pytest_plugin.plan_mode import in_table
from tck.pytest_plugin.time_left import Work, time_left
from tck.run.absence import AWAY
from tck.run.context import Run

PATIENCE = 10.0
"""Seconds without a line; a run that ends before prints none."""
LOOK = 0.5
"""Seconds between two looks at the clock."""


class Progress:
    """A pytest plugin of the controlling process; it prints nothing with -q.

    A thread prints, so that a long check and the end of the run are covered too. It writes to a copy of the
    terminal's file, as pytest captures the output of the check that runs meanwhile.
    """

    def __init__(self, config: pytest.Config, clock: Callable[[], float] = time.monotonic) -> None:
        self.config = config
        self.clock = clock
        self.begun = self.next = 0.0
        self.requests_of: Mapping[str, float] = {}
        self.done: set[str] = set()
        self.work = Work()
        self.phase = ""
        self.away = False
        self._over = threading.Event()
        self._out: int | None = None

    def pytest_sessionstart(self) -> None:
        """Take a copy of the file that pytest prints to, while nothing is captured."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None or getattr(self.config.option, "verbose", 0) < 0:
            return
        with suppress(OSError, ValueError, AttributeError):  # no file stands behind it
            self._out = os.dup(sys.stdout.fileno())
            threading.Thread(target=self._watch, daemon=True).start()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Weigh the checks, and begin."""
        self._begin([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Weigh the checks that a worker found; each finds all of them."""
        self._begin(ids)

    def _begin(self, checks: list[str]) -> None:
        if self.requests_of.keys() != set(checks):
            plan = self.config.stash.get(PLAN, None)
            costs = plan.spec.costs if plan is not None else Costs()
            self.requests_of = requests_of(checks, costs, plan.spec.contract.name if plan is not None else "")
        self.begun = self.clock()
        self.next = self.begun + PATIENCE

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count a check that has ended."""
        if nodeid in self.requests_of and nodeid not in self.done:
            self.done.add(nodeid)
            self.work = Work(self.work.checks + 1, self.work.requests + self.requests_of[nodeid])

    def finishing(self, phase: str) -> None:
        """Say from now on what the end of the run is about."""
        self.phase = phase

    def stop(self) -> None:
        """Print no more."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            line = self.line()
            if line and self._out is not None:
                with suppress(OSError):
                    os.write(self._out, f"\n{line}\n".encode())

    def line(self) -> str:
        """What there is to print now; empty when it is too early."""
        now = self.clock()
        run = self.config.stash.get(RUN, None)
        if not self.requests_of or run is None:
            return ""
        away = any(run.target.shared.glob(f"{AWAY}*"))
        begins, self.away = away and not self.away, away
        if now < self.next and not begins:
            return ""
        self.next = now + PATIENCE
        requests, sessions = run.budget.requests.count, made_so_far(run.budget.made, run.budget.broken.count)
        if away:
            return f"  the target does not answer; the run waits for it, up to {run.options.patience:g} s"
        if not self.phase and any(run.target.shared.glob(f"{AGAIN}-*")):
            return f"  failed checks are judged again; {requests:,} requests, {sessions}"
        if self.phase:
            return f"  {self.phase}; {requests:,} requests, {sessions}"
        return progress_line(len(self.done), len(self.requests_of), self._left(now, run), requests, sessions)

    def _left(self, now: float, run: Run) -> float | None:
        whole = Work(len(self.requests_of), sum(self.requests_of.values()))
        return time_left(
            now - self.begun, self.work, whole,
            to_close=_open_now(run), rate=run.options.rate_limit, workers=run.target.workers,
        )  # fmt: skip


def _open_now(run: Run) -> int:
    """The sessions that the end of the run will close."""
    own = [path for path in ledger_files(run.options.report_dir) if run.target.prefix in path.name]
    return sum(not entry.closed for entry in read_ledger(own))


def requests_of(checks: list[str], costs: Costs, contract: str) -> Mapping[str, float]:
    """The requests that each check sends on the reference; the items of one check share them."""
    names = {check: in_table(check, contract) for check in checks}
    items = Counter(names.values())
    sent: dict[str, int] = {}
    for table in (costs, *costs.groups.values()):
        sent |= {name: cost.requests for name, cost in table.written.items()}
        sent |= {name: one.most.requests for name, one in table.generated.items()}
    return {check: sent.get(name, 1) / items[name] for check, name in names.items()}


def progress_line(done: int, total: int, left: float | None, requests: int, made: str) -> str:
    """How far a run is; `left` is in seconds, None when nothing is known of it yet."""
    told = f", about {_duration(left)} left" if left is not None else ""
    return f"  {done} of {total} checks, {requests:,} requests, {made}{told}"


def made_so_far(sessions: int, broken: int) -> str:
    """How many sessions are known to have been made, and of how many creates nobody knows."""
    made = f"{sessions:,} session{'' if sessions == 1 else 's'} made"
    return f"{made}, {broken:,} create{'' if broken == 1 else 's'} broke" if broken else made


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

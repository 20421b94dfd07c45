"""A pytest plugin that runs each check twice in a row and counts what both times cost.

The first time pays for what checks share and a process makes once;
the second time shows the check's own cost. Generated checks run once.
"""

import json
import os
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tck.cleanup.ledger import ledger_files, read_ledger
from tck.pytest_plugin.collection import LAST, QUIET, function_of, group_of, name_of, requirements_of
from tck.pytest_plugin.fixtures import RUN
from tck.run.context import Run
from tck.vocabulary import CORE

WRITTEN_TO = "SESSIONS_TCK_COSTS"
"""The environment variable that names the file for the counts."""
SPENT_TO = "SESSIONS_TCK_SPENT"
"""The environment variable that names the file for what each check costs where it stands."""
LEAST_ONLY = "SESSIONS_TCK_LEAST"
"""The environment variable that asks for the smallest generated checks."""
GENERATED = ("fuzz", "lifecycle", "races")
once = Run.once


class Twice:
    """Counts by function: requests and sessions, the first time and the second.

    What is made once a run is counted by the group of the check that made it.
    """

    def __init__(self) -> None:
        self.first: dict[str, list[int]] = {}
        self.second: dict[str, list[int]] = {}
        self.once: dict[str, list[int]] = {}
        self.groups: dict[str, str] = {}
        self.group, self.function = CORE, ""
        self.items: dict[str, dict[str, Any]] = {}
        """By check its requirements, what it costs by itself, and what it needs that is made once."""
        self.keys: dict[str, list[int]] = {}
        """What was made once a run cost, by key."""
        self.makers: dict[str, str] = {}
        """The function that made it, by key."""
        self.asked: set[str] = set()
        """The keys that the running check has asked for."""
        self.elsewhere = [0, 0]
        """What was made once at the cost of another group than that of the running check."""
        self.again = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run a handwritten check once more before it is run for good."""
        run = item.config.stash[RUN]
        if self.again:
            return (yield)
        self.group = group_of(item, run.registry)
        self.function = function_of(item, run.contract.root)
        self.groups[self.function] = self.group
        self.asked.clear()
        if not any(item.get_closest_marker(mark) for mark in GENERATED):
            self.again = True
            before = self.spent(run)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.parent)
            self.add(self.first, item, before, self.spent(run))
            self.again = False
        before, began = self.spent(run), time.perf_counter()
        result = yield
        took, after = time.perf_counter() - began, self.spent(run)
        self.add(self.second, item, before, after)
        self.items[name_of(item)] = {
            "requirements": list(requirements_of(item)),
            "cost": [new - was for new, was in zip(after, before, strict=True)],
            "seconds": round(took, 3),
            "once": sorted(self.asked),
            "waits": any(item.get_closest_marker(mark) for mark in (LAST, QUIET)),
        }
        return result

    def add(
        self,
        counts: dict[str, list[int]],
        item: pytest.Item,
        before: tuple[int, ...],
        after: tuple[int, ...],
    ) -> None:
        """Add the difference to the item's function."""
        told = counts.setdefault(function_of(item, item.config.stash[RUN].contract.root), [0] * len(before))
        told[:] = [old + new - was for old, new, was in zip(told, after, before, strict=True)]

    def spent(self, run: Run) -> tuple[int, int]:
        """As `spent`, without what was made at the cost of another group than that of the running check."""
        requests, sessions = spent(run)
        return requests - self.elsewhere[0], sessions - self.elsewhere[1]

    def make_once(self, run: Run, key: str, make: Callable[[], Any]) -> Any:
        """As `Run.once`, counting what is made."""

        def counted() -> Any:
            before = spent(run)
            try:
                return make()
            finally:
                paid = [new - was for new, was in zip(spent(run), before, strict=True)]
                self.keys[key], self.makers[key] = paid, self.function
                group = key.partition(".")[0]
                group = group if group in run.contract.groups else self.group
                _add(self.once.setdefault(group, [0, 0]), paid)
                _add(self.elsewhere, paid if group != self.group else [0, 0])

        self.asked.add(key)
        return once(run, key, counted)

    def pytest_unconfigure(self) -> None:
        counts = {
            "first": self.first, "second": self.second, "once": self.once, "groups": self.groups,
            "items": self.items, "keys": self.keys, "makers": self.makers,
        }  # fmt: skip
        Path(os.environ[WRITTEN_TO]).write_text(json.dumps(counts), encoding="utf-8")


def _add(told: list[int], more: list[int]) -> None:
    told[:] = [old + new for old, new in zip(told, more, strict=True)]


def spent(run: Run) -> tuple[int, int]:
    """Requests by now, each session on the ledger counted with the one that will close it, and sessions."""
    paths = [path for path in ledger_files(run.options.report_dir) if run.target.prefix in path.name]
    to_close = sum(not entry.closed for entry in read_ledger(paths))
    return run.budget.requests.count + to_close, run.budget.sessions.count


class Spending:
    """What each check of an ordinary run costs where it stands, with what it is the first to make."""

    def __init__(self) -> None:
        self.items: dict[str, list[int]] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        run = item.config.stash[RUN]
        before = spent(run)
        result = yield
        self.items[name_of(item)] = [new - was for new, was in zip(spent(run), before, strict=True)]
        return result

    def pytest_unconfigure(self) -> None:
        Path(os.environ[SPENT_TO]).write_text(json.dumps(self.items), encoding="utf-8")


class Least:
    """Lets generated checks send and make the least that any limit leaves them."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The run is open by now."""
        run = session.config.stash[RUN]
        run.allowance = replace(run.allowance, max_requests=0, max_sessions=0)


def count_once(twice: Twice) -> None:
    """Let the counter see what is made once a run."""

    def counting(run: Run, key: str, make: Callable[[], Any]) -> Any:
        return twice.make_once(run, key, make)

    Run.once = counting  # type: ignore[assignment, method-assign]


def pytest_configure(config: pytest.Config) -> None:
    """Count, when the environment says where to."""
    if WRITTEN_TO in os.environ:
        twice = Twice()
        config.pluginmanager.register(twice, "twice")
        count_once(twice)
    if SPENT_TO in os.environ:
        config.pluginmanager.register(Spending(), "spending")
    if LEAST_ONLY in os.environ:
        config.pluginmanager.register(Least(), "least")

"""The line that a long run prints now and then."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tck.pytest_plugin.fixtures import RUN
from tck.pytest_plugin.progress import Progress, progress_line


@dataclass
class Screen:
    lines: list[str] = field(default_factory=list)
    currentfspath: str | None = "a.py"

    def ensure_newline(self):
        pass

    def write_line(self, line):
        self.lines.append(line)


def running(seconds: int, checks: int, verbose: int = 0) -> list[str]:
    """What is printed by a run of so many checks that take so long together."""
    count = SimpleNamespace(count=12)
    budget = SimpleNamespace(requests=count, sessions=count)
    screen, now = Screen(), [0.0]
    config: Any = SimpleNamespace(
        stash=pytest.Stash(), option=SimpleNamespace(verbose=verbose),
        pluginmanager=SimpleNamespace(get_plugin=lambda name: screen),
    )  # fmt: skip
    config.stash[RUN] = SimpleNamespace(budget=budget)
    progress = Progress(config, lambda: now[0])
    progress.pytest_xdist_node_collection_finished(["a"] * checks)
    for _ in range(checks):
        now[0] += seconds / checks
        progress.pytest_runtest_logfinish()
    return screen.lines


def test_it_says_how_far_a_run_is_and_how_long_it_may_take():
    assert progress_line(120, 480, 30, 1234, 56) == (
        "  120 of 480 checks, 1,234 requests, 56 sessions made, about 1 min 30 s left"
    )
    assert len(progress_line(9999, 10000, 9999, 999_999, 9999)) <= 80


def test_a_short_run_says_nothing():
    assert running(9, 90) == []


def test_a_long_run_speaks_every_ten_seconds_and_later_every_thirty():
    lines = running(180, 180)
    assert [line.split()[0] for line in lines] == ["10", "20", "30", "40", "50", "60", "90", "120", "150"]
    assert lines[0] == "  10 of 180 checks, 12 requests, 12 sessions made, about 2 min 50 s left"


def test_it_is_quiet_with_q():
    assert running(180, 180, verbose=-1) == []

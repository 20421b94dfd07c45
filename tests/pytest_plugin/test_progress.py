"""The line that a long run prints at least every ten seconds."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tck.costs.cost_table import Cost, Costs, Generated
from tck.pytest_plugin.fixtures import RUN
from tck.pytest_plugin.progress import Progress, made_so_far, progress_line, requests_of

COSTS = Costs(
    written={"test_a.py::test_one": Cost(8, 1)},
    generated={"test_b.py::test_many": Generated("fuzz", Cost(99, 9), Cost(9, 1))},
)


def progress(now: list[float], shared: Path = Path("nowhere")) -> Progress:
    count = SimpleNamespace(count=12)
    config: Any = SimpleNamespace(stash=pytest.Stash(), option=SimpleNamespace(verbose=0))
    config.stash[RUN] = SimpleNamespace(
        budget=SimpleNamespace(requests=count, made=12, broken=SimpleNamespace(count=0)),
        target=SimpleNamespace(shared=shared, prefix="tck-", workers=1),
        options=SimpleNamespace(patience=60.0, report_dir=shared, rate_limit=None),
    )
    return Progress(config, lambda: now[0])


def running(lengths: list[int]) -> list[tuple[int, str]]:
    """What is printed, and in which second, by a run of checks that take so long one after the other."""
    now = [0.0]
    running = progress(now)
    running.pytest_xdist_node_collection_finished([f"check {number}" for number in range(len(lengths))])
    printed = []
    for number, seconds in enumerate(lengths):
        for _ in range(seconds):
            now[0] += 1
            line = running.line()
            printed += [(int(now[0]), line)] if line else []
        running.pytest_runtest_logfinish(f"check {number}")
    return printed


def test_it_says_how_far_a_run_is_and_how_long_it_may_take():
    assert progress_line(120, 480, 90, 1234, made_so_far(56, 0)) == (
        "  120 of 480 checks, 1,234 requests, 56 sessions made, about 1 min 30 s left"
    )
    assert len(progress_line(999, 1000, 3599, 99_999, made_so_far(999, 0))) <= 80
    assert (
        progress_line(0, 480, None, 3, made_so_far(1, 0)) == "  0 of 480 checks, 3 requests, 1 session made"
    )


def test_creates_that_broke_are_not_called_made():
    assert made_so_far(56, 1) == "56 sessions made, 1 create broke"
    assert made_so_far(1, 20) == "1 session made, 20 creates broke"


def test_a_short_run_says_nothing():
    assert running([1] * 9) == []


def test_it_speaks_every_ten_seconds_inside_a_long_check_too():
    seconds = [second for second, _ in running([1] * 15 + [60] + [1] * 5)]
    assert seconds == list(range(10, 81, 10))


def test_it_says_at_once_and_now_and_then_that_the_run_waits_for_the_target(tmp_path):
    now = [0.0]
    waiting = progress(now, tmp_path)
    waiting.pytest_xdist_node_collection_finished(["a"])
    now[0] = 3.0
    assert waiting.line() == ""
    (tmp_path / "away-gw0").touch()
    said = "  the target does not answer; the run waits for it, up to 60 s"
    assert waiting.line() == said
    now[0] = 4.0
    assert waiting.line() == ""
    now[0] = 13.0
    assert waiting.line() == said
    (tmp_path / "away-gw0").unlink()
    now[0] = 23.0
    assert waiting.line().startswith("  0 of 1 checks")


def test_it_says_what_the_end_of_a_run_is_about():
    now = [0.0]
    ending = progress(now)
    ending.pytest_xdist_node_collection_finished(["a"])
    ending.pytest_runtest_logfinish("a")
    ending.finishing("closing the sessions of the run")
    now[0] = 11
    assert ending.line() == "  closing the sessions of the run; 12 requests, 12 sessions made"
    assert ending.line() == ""


def test_a_check_weighs_what_it_sends_and_its_items_share_it():
    checks = [
        "x/rooms/test_a.py::test_one[1]",
        "x/rooms/test_a.py::test_one[2]",
        "x/rooms/test_b.py::test_many",
    ]
    assert [*requests_of(checks, COSTS, "rooms").values()] == [4, 4, 99]
    new = "x/rooms/test_c.py::test_new"
    assert requests_of([new], COSTS, "rooms") == {new: 1}
    grouped = Costs(groups={"more": Costs(written={"test_c.py::test_new": Cost(6, 1)})})
    assert requests_of([new], grouped, "rooms") == {new: 6}


def test_an_item_that_is_no_check_counts_for_nothing():
    now = [0.0]
    one = progress(now)
    one.pytest_xdist_node_collection_finished(["a", "b"])
    for name in ("a", "a", "every_reply"):
        one.pytest_runtest_logfinish(name)
    now[0] = 20
    assert one.line() == "  1 of 2 checks, 12 requests, 12 sessions made, about 20 s left"

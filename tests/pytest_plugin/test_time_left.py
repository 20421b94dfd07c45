"""The time that a run may still take is right within 30% in its second half: by the course of real runs."""

import json
from pathlib import Path

import pytest

from tck.pytest_plugin.time_left import FASTEST, OVERHEAD, SLOWEST, Work, time_left

RUNS = json.loads(Path(__file__).with_name("timelines.json").read_text(encoding="utf-8"))
"""The second half of runs: after so many seconds, checks, requests that they cost, and sessions still open."""
WHOLE = Work(10, 100.0)


@pytest.mark.parametrize("run", RUNS, ids=[one["about"] for one in RUNS])
def test_the_second_half_of_a_run_is_foreseen(run):
    whole = Work(run["checks"], run["requests"])
    wrong = []
    for seconds, checks, requests, to_close in run["samples"]:
        left = time_left(
            seconds, Work(checks, requests), whole,
            to_close=to_close, rate=run["rate"], workers=run["workers"],
        )  # fmt: skip
        truth = run["end"] - seconds
        wrong += [(seconds, left, truth)] if abs(left - truth) > 0.3 * truth else []
    assert len(wrong) <= len(run["samples"]) // 10, wrong


def test_nothing_is_known_before_a_check_has_ended():
    assert time_left(5, Work(), WHOLE) is None


def test_what_a_check_takes_beside_its_requests_counts():
    reports = FASTEST * WHOLE.requests
    half = (5 * OVERHEAD + 20) / (10 * OVERHEAD + 100)
    left = time_left(0.001, Work(5, 20.0), WHOLE)
    assert left == pytest.approx(0.001 * (1 - half) / half + reports)


def test_sessions_to_close_the_limit_and_the_reports_count():
    done = Work(5, 50.0)
    assert time_left(1000, done, WHOLE) == pytest.approx(1000 + SLOWEST * 100)
    assert time_left(0, done, WHOLE, rate=2.0) == pytest.approx(25 + FASTEST * 100)
    assert time_left(0, done, WHOLE, rate=2.0, to_close=10) == pytest.approx(25 + 10 + FASTEST * 100)
    assert time_left(0, WHOLE, WHOLE) == pytest.approx(FASTEST * 100)

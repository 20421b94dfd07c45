"""The figures of `python -m bench --far`."""

import pytest

from bench.far import FAR, Far, lanes_of
from tests.support.result_samples import exchange

EXCHANGES = [
    exchange(id=name, started_at=100.0 + begun, duration=lasted)
    for name, begun, lasted in (
        ("main-1", 0.0, 1.0), ("gw0-1", 4.0, 1.0), ("gw0-2", 5.0, 3.0), ("gw1-1", 4.0, 2.0), ("main-2", 9.0, 1.0),
    )
]  # fmt: skip


def test_a_lane_is_what_one_process_sent():
    first, second = lanes_of(EXCHANGES)
    assert (first.lasted, first.waited) == (4.0, 4.0)
    assert (second.lasted, second.waited) == (2.0, 2.0)


def test_the_bound_is_that_of_all_requests_over_all_processes():
    far = Far(100.0, 12.0, EXCHANGES, 2, 5)
    assert far.bound == pytest.approx(5 * FAR.latency / 2)
    assert far.ratio == pytest.approx(12.0 / far.bound)
    told = dict(far.lines())
    assert told["before the first check"] == "4.0 s"
    assert told["after the last check"] == "4.0 s, closing and writing"
    assert told["first process to end"] == "2.0 s before the last"
    assert told["requests a connection"] == "1"

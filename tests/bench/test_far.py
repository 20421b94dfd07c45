"""The figures of `python -m bench far`, and the distance that it puts between the kit and a server."""

import time

import httpx
import pytest

from bench.distance import Distance
from bench.far import Far, lanes_of, table
from tests.support.loopback import Script, answer
from tests.support.result_samples import exchange

EXCHANGES = [
    exchange(id=name, started_at=100.0 + begun, duration=lasted, check=name.partition("-")[0])
    for name, begun, lasted in (
        ("main-1", 0.0, 1.0), ("gw0-1", 4.0, 1.0), ("gw0-2", 5.0, 3.0), ("gw1-1", 4.0, 2.0), ("main-2", 9.0, 1.0),
    )
]  # fmt: skip


def test_a_lane_is_what_one_process_sent():
    first, second = lanes_of(EXCHANGES)
    assert (first.began, first.ended, first.waits) == (104.0, 108.0, 0.0)
    assert (second.began, second.ended, second.waits) == (104.0, 106.0, 0.0)


def test_the_bound_is_that_of_all_requests_over_all_connections():
    far = Far(0.1, 100.0, 12.0, EXCHANGES, 2)
    assert far.bound == pytest.approx(5 * 0.1 / 2)
    assert far.ratio == pytest.approx(12.0 / far.bound)
    headings, row, *_ = table([far])
    told = dict(zip(headings.split("  "), row.split("  "), strict=False))
    assert len(headings) == len(row)
    assert row.split()[-4:] == ["4", "s", "4", "s"]
    assert told["latency"].strip() == "100 ms"


def test_what_a_check_waits_for_by_itself_is_left_out():
    """A pause inside a check, and a stream that is heard alone; what lies between two checks is the kit's."""
    events = (("Content-Type", "text/event-stream; charset=utf-8"),)
    sent = [
        exchange(id="gw0-1", started_at=0.0, duration=0.5, check="one"),
        exchange(id="gw0-2", started_at=3.5, duration=0.5, check="one"),
        exchange(id="gw0-3", started_at=6.0, duration=0.5, check="two"),
        exchange(id="gw0-4", started_at=6.5, duration=4.0, check="two", response_headers=events),
        exchange(id="gw0-5", started_at=8.0, duration=1.0, check="two"),
    ]
    far = Far(0.5, 0.0, 12.0, sent, 1)
    assert far.waits == pytest.approx(3.0 + 3.0)
    assert far.ratio == pytest.approx((12.0 - 6.0) / 2.5)


def test_a_distance_delays_every_round_trip_and_changes_no_byte():
    body = {"text": "x" * 200_000}
    with Script() as script, Distance(script.url, 0.05) as far, httpx.Client(base_url=far.url) as client:
        script.will(*[answer(200, body)] * 3)
        for _ in range(3):
            began = time.monotonic()
            assert client.post("/", json=body).json() == body
            assert time.monotonic() - began >= 0.05
    assert b"x" * 200_000 in script.seen[2]

"""The figures of `python -m bench near`, and the requests that it sends again raw."""

import pytest

from bench.near import Near, Pair, ratio_of
from bench.raw import Again, Sent
from tck.contract.contract import load_contract
from tests.support.result_samples import exchange

CHECK = "suites/rooms/test_close.py::test_terminal"
EVENTS = (("Content-Type", "text/event-stream"),)
SENT = [
    exchange(id="main-1", started_at=101.0, duration=0.25, check="preflight"),
    exchange(id="main-2", started_at=102.0, duration=0.5, check=CHECK),
    exchange(id="main-3", started_at=105.0, duration=0.5, check=CHECK),
    exchange(id="main-4", started_at=105.5, duration=2.0, check=CHECK, response_headers=EVENTS),
    exchange(id="main-5", started_at=107.5, duration=0.5, check=CHECK, status=None),
    exchange(id="main-6", started_at=108.5, duration=0.25, check="closing"),
]
RUN = Near(100.0, 10.0, SENT)


def test_start_waits_and_end_are_no_part_of_judging():
    assert RUN.start == pytest.approx(2.0)
    assert RUN.end == pytest.approx(2.0)
    assert RUN.waits == pytest.approx(2.5 + 2.0)
    assert RUN.judging == pytest.approx(10.0 - 2.0 - 2.0 - 4.5)


def test_no_stream_is_sent_again_and_nothing_without_a_reply():
    assert [one.id for one in RUN.sent_again] == ["main-1", "main-2", "main-3", "main-6"]
    assert [one.id for one in RUN.of_checks] == ["main-2", "main-3", "main-4", "main-5"]


def test_the_ratio_is_the_median_of_the_pairs():
    pairs = [Pair(RUN, Sent(raw, 2.0), cpu=5.0) for raw in (0.5, 1.0, 1.5)]
    assert [one.ratio for one in pairs] == pytest.approx([3.0, 1.5, 1.0])
    assert ratio_of(pairs) == pytest.approx(1.5)
    assert pairs[0].cpu_ratio == pytest.approx(2.5)


def test_a_request_is_sent_again_with_the_ids_and_keys_of_the_other_server():
    old, new = "http://127.0.0.1:1", "http://127.0.0.1:2"
    again = Again(load_contract("trigger"), old, new, {"TRIGGER_SECRET_KEY": "tr_dev_new"})
    create = exchange(url=f"{old}/api/v1/sessions", response_body=b'{"id":"session_old"}')
    close = exchange(
        url=f"{old}/api/v1/sessions/session_old/close?why=session_old",
        request_headers=(("Host", "127.0.0.1:1"), ("Authorization", "Bearer [redacted TRIGGER_SECRET_KEY]"),
                         ("X-Other", "[redacted a token]")),
    )  # fmt: skip
    again.answered(close, b'{"id":"session_other"}')
    assert again.request(close)["url"] == f"{new}/api/v1/sessions/session_old/close?why=session_old"
    again.answered(create, b'{"id":"session_new"}')
    again.answered(create, b"no JSON")
    assert again.request(close) == {
        "method": "POST",
        "url": f"{new}/api/v1/sessions/session_new/close?why=session_new",
        "headers": (("Authorization", "Bearer tr_dev_new"), ("X-Other", "[redacted a token]")),
        "content": b'{"reason":"done"}',
    }

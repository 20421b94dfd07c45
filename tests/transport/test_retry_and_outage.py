from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from tck.transport.circuit_breaker import FAILURES_IN_A_ROW, PROBE_EVERY, Outage
from tck.transport.retry import Attempt, limit_reset, retry_after, retry_pause
from tck.waiting import eventually


def paused(method="GET", status=None, headers=(), *, duration=0.1, retries=0, repeatable=True):
    return retry_pause(method, Attempt(status, headers, duration), retries, repeatable)


SOON = (("Retry-After", "3"),)


@pytest.mark.parametrize("status", [200, 201, 404, 422, 500, 501])
def test_what_says_something_is_never_asked_again(status):
    assert paused(status=status, headers=SOON) is None


def test_what_was_not_carried_out_is_sent_again_when_the_target_says_so():
    assert paused("POST", 429, SOON, repeatable=False) == 3
    assert paused("POST", 429, (("retry-after", "0"),)) == 0.5
    assert [paused("POST", 429, retries=number) for number in range(6)] == [0.5, 1, 2, 4, 8, None]
    assert paused("GET", 503, SOON) == 3


INSTANT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DATE = ("Date", format_datetime(INSTANT, usegmt=True))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("9", 9),
        ("0.25", 0.25),
        (str(int(INSTANT.timestamp()) + 9), 9),
        (str(int(INSTANT.timestamp() * 1000) + 9500), 9.5),
        (str(int(INSTANT.timestamp()) - 9), 0),
        ("soon", None),
        ("-1", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_the_reset_of_a_limit_is_a_time_to_wait_or_an_instant_by_the_senders_clock(said, seconds):
    assert limit_reset((DATE, ("X-RateLimit-Reset", said))) == seconds


def test_the_reset_of_a_limit_counts_where_a_429_says_nothing_else():
    reset = ("x-ratelimit-reset", "4")
    assert paused("POST", 429, (reset,), repeatable=False) == 4
    assert paused("POST", 429, (reset, *SOON)) == 3
    assert paused("POST", 503, (reset,)) is None
    assert paused("GET", 200, (reset,)) is None
    assert limit_reset((("x-ratelimit-reset", str(int(INSTANT.timestamp()))),)) is None


def test_a_write_that_may_have_been_carried_out_is_sent_again_only_where_that_does_no_harm():
    assert paused("POST", 503, SOON, repeatable=False) is None
    assert paused("POST", 503, SOON) == 3
    assert paused("POST", 503) is None
    assert paused("POST", 502) is None
    assert paused("PATCH", None) is None


def test_a_write_that_does_the_same_twice_is_sent_again_like_a_read():
    broken = Attempt(None, (), 0.1)
    assert [retry_pause("PATCH", broken, number, True, idempotent=True) for number in range(3)] == [
        0.5,
        1,
        None,
    ]
    assert retry_pause("POST", Attempt(502, (), 0.1), 0, True, idempotent=True) == 0.5
    assert retry_pause("POST", Attempt(500, (), 0.1), 0, True, idempotent=True) is None
    assert retry_pause("PATCH", Attempt(None, (), 0.1, timed_out=True), 0, True, idempotent=True) is None


def test_a_read_that_failed_is_tried_twice_more_unless_it_was_slow():
    assert [paused(retries=number) for number in range(3)] == [0.5, 1, None]
    assert [paused(status=502, retries=number) for number in range(3)] == [0.5, 1, None]
    assert paused(duration=9) is None


def test_a_read_that_took_all_its_time_is_not_tried_again():
    assert retry_pause("GET", Attempt(None, (), 0.1, timed_out=True), 0, True) is None
    assert retry_pause("GET", Attempt(502, (), 0.1, timed_out=True), 0, True) == 0.5


def test_retry_after_is_a_number_or_a_date_by_the_senders_clock():
    date = [
        format_datetime(datetime(2026, 1, 2, 3, 4, second, tzinfo=UTC), usegmt=True) for second in (5, 12)
    ]
    assert retry_after((("Date", date[0]), ("Retry-After", date[1]))) == 7
    assert retry_after((("Date", date[1]), ("Retry-After", date[0]))) == 0
    assert retry_after((("Retry-After", "soon"),)) is None
    assert retry_after(()) is None


def test_a_target_that_is_gone_is_looked_at_only_now_and_then():
    now = [100.0]
    outage = Outage(clock=lambda: now[0])
    for _ in range(FAILURES_IN_A_ROW):
        assert not outage.holds
        outage.failed()
    assert outage.holds
    assert not outage.may_look
    now[0] += PROBE_EVERY
    assert outage.may_look
    outage.failed()
    assert not outage.may_look
    outage.look_now()
    assert outage.may_look
    outage.answered()
    assert not outage.holds


def test_waiting_looks_at_once_and_looks_last_when_the_time_is_over():
    seen = iter([1, 2, 3])
    waited = eventually(lambda: next(seen), lambda value: value == 2, within=60)
    assert (waited.value, waited.held, waited.looks) == (2, True, 2)
    never = eventually(lambda: 0, lambda _: False, within=0)
    assert (never.held, never.looks) == (False, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Rate-Limit-Reset", "7"),
        ("RateLimit-Reset", "7"),
        ("RateLimit", '"default";r=0;t=7'),
        ("RateLimit", "limit=100, remaining=0, reset=7"),
    ],
)
def test_other_fields_of_rate_limits_say_when_they_count_anew(name, value):
    assert paused("POST", 429, ((name, value),), repeatable=False) == 7
    assert paused("GET", 429, ((name, value), ("Retry-After", "2"))) == 2
    assert paused("GET", 503, ((name, value),)) == 0.5


@pytest.mark.parametrize("value", ["soon", "", "-1", "resetting=3"])
def test_a_rate_limit_that_says_nothing_is_passed_over(value):
    assert paused("POST", 429, (("RateLimit", value), ("RateLimit-Reset", value))) == 0.5

"""Create: a text for expiresAt that names no instant is refused."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.create import CONFLICT, Creates, with_each
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, NotApplicable, Reply, weeks_ahead

FORMS_OF_TIME = (
    "00:00:00Z", "10:20:30.1Z", "10:20:30.123456789Z",
    "10:20:30+00:00", "10:20:30.123456-08:00", "10:20:30+14:00",
)  # fmt: skip
"""Times of day with every kind of fraction and offset that RFC 3339 has."""


def next_year() -> int:
    """A year that is not a leap year and that lies ahead, but not far."""
    year = datetime.now(UTC).year + 1
    return year if year % 4 else year + 1


def refuses(creates: Creates, texts: Iterable[Any]) -> None:
    """Judge that a create is refused with each of these for its expiresAt."""
    creates.all_refused(with_each(creates.bodies.complete(), ("expiresAt",), texts))
    creates.control()


@pytest.mark.requirement("create.expires-at-out-of-range-refused")
def test_a_date_with_a_part_out_of_range_is_refused(creates: Creates) -> None:
    out_of_range = (
        "13-01T00:00:00Z", "00-10T00:00:00Z", "01-32T00:00:00Z", "01-00T00:00:00Z", "01-10T25:00:00Z",
        "01-10T00:60:00Z", "01-10T00:00:61Z", "01-10T00:00:00+25:00", "01-10T00:00:00-05:60",
    )  # fmt: skip
    refuses(creates, [f"{next_year()}-{part}" for part in out_of_range])


@pytest.mark.requirement("create.expires-at-impossible-day-refused")
def test_a_day_that_its_month_does_not_have_is_refused(creates: Creates) -> None:
    days = ("02-29", "02-30", "04-31", "06-31", "09-31", "11-31")
    refuses(creates, [f"{next_year()}-{day}T00:00:00Z" for day in days])


@pytest.mark.requirement("create.expires-at-other-notation-refused")
def test_a_date_in_another_notation_is_refused(creates: Creates) -> None:
    year = next_year()
    texts = [
        f"{year}-01-10T00:00:00", f"{year}-01-10", f"{year}-01-10T00:00Z", f"10/01/{year}",
        f"{year}0110T000000Z", f"{year}-W02-1T00:00:00Z", f"{year}-01-10T00:00:00+0530",
        f"{year}-01-10T00:00:00 UTC", f"Tue, 10 Jan {year} 00:00:00 GMT", "tomorrow", "P3W", "0",
        f"{year}-01-10T24:00:00Z",
    ]  # fmt: skip
    refuses(creates, texts)


@pytest.mark.requirement("create.expires-at-wrong-type-refused")
def test_a_number_is_no_expiry(creates: Creates) -> None:
    seconds = int(datetime(next_year(), 1, 10, tzinfo=UTC).timestamp())
    refuses(creates, [seconds, seconds * 1000, float(seconds) + 0.5, True])


@pytest.mark.requirement(
    "create.expires-at-wrong-type-refused",
    "create.expires-at-out-of-range-refused",
    "create.same-external-id-answers-200",
)
def test_a_known_external_id_does_not_make_an_expiry_better(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    good = dict(session.sent)
    with check.judging("create.expires-at-wrong-type-refused"):
        reply = session.sessions.create({**good, "expiresAt": "soon"})
        check.refused(reply, documented=422, deviation="create.invalid-body-answers-422")
    with check.judging("create.expires-at-out-of-range-refused"):
        reply = session.sessions.create({**good, "expiresAt": f"{next_year()}-13-01T00:00:00Z"})
        check.refused(reply, documented=422, deviation="create.invalid-body-answers-422")
    with check.judging("create.same-external-id-answers-200"):
        assert session.sessions.create({**good, "expiresAt": hours_ago()}).status != CONFLICT
        assert session.sessions.create(good).status == 200


def hours_ago() -> str:
    """An instant that has passed by every clock."""
    return f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%S}.000Z"


@pytest.mark.requirement("create.every-form-of-date-time-accepted")
def test_an_expiry_is_taken_in_every_form_of_a_date_time(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    good, day = dict(session.sent), weeks_ahead().partition("T")[0]
    check.control(session.sessions.create(good), judged_by="create.same-external-id-answers-200")
    for time in FORMS_OF_TIME:
        reply = session.sessions.create({**good, "expiresAt": f"{day}T{time}"})
        assert reply.status == 200, time


@pytest.mark.requirement("create.same-external-id-answers-200")
def test_an_expiry_may_be_a_leap_day(shared_sessions: SharedSessions) -> None:
    session, year = shared_sessions.open(), datetime.now(UTC).year // 4 * 4 + 4
    good = dict(session.sent)
    eve, leap_day, morrow = (
        session.sessions.create({**good, "expiresAt": f"{year}-{day}T12:00:00Z"})
        for day in ("02-28", "02-29", "03-01")
    )
    if not eve.succeeded or not morrow.succeeded:
        raise NotApplicable("the target takes no deadline so far ahead")
    assert leap_day.status == 200


@pytest.mark.requirement(
    "create.past-expires-at-leaves-nothing-when-refused", "create.expired-external-id-answers-409"
)
def test_a_deadline_in_the_past_makes_a_session_that_has_expired_or_none(
    check: Check, creates: Creates, sessions: Sessions, bodies: Bodies
) -> None:
    body = bodies.minimal(expiresAt=hours_ago())
    reply = sessions.create(body)
    again = sessions.create({**body, "expiresAt": weeks_ahead()})
    with check.judging("create.past-expires-at-leaves-nothing-when-refused"):
        creates.made_or_left_nothing(reply, again)
    with check.judging("create.expired-external-id-answers-409"):
        _made_in_the_past(reply)
        assert again.status == CONFLICT


def _made_in_the_past(reply: Reply) -> None:
    if not reply.succeeded:
        raise NotApplicable("the target takes no expiresAt in the past")

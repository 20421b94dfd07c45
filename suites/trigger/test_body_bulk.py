"""A body over its limit is refused wherever its size comes from."""

from collections.abc import Callable, Mapping

import pytest

from suites.trigger.support.bodies import Body
from suites.trigger.support.body_sizes import CLOSE_OUTSIDE, INSIDE, OUTSIDE
from suites.trigger.support.chunks import takes_chunks
from suites.trigger.support.create import Creates, Writer
from suites.trigger.support.doors.wire import SPELLINGS, spelt
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import FITS_A_BAD_BODY, Check, Reply, encoded

Sender = Callable[[bytes, bool], Reply]
BULKS = tuple(spelling for spelling in SPELLINGS if spelling != "compact")


def with_a_long_name(body: Body, size: int) -> bytes:
    """The body with a metadata key that is as long as there is room for."""
    empty = encoded({**body, "metadata": {"": 1}})
    return encoded({**body, "metadata": {"n" * (size - len(empty)): 1}})


def with_blanks_behind(body: Body, size: int) -> bytes:
    """The body with blanks behind its last brace."""
    return encoded(body).ljust(size)


def with_blanks_before(body: Body, size: int) -> bytes:
    """The body with blanks before its first brace."""
    return encoded(body).rjust(size)


def bulky(body: Body, size: int, member: str) -> Mapping[str, bytes]:
    """The body as so many bytes, by where they come from."""
    more = {
        "blanks behind": with_blanks_behind(body, size),
        "blanks before": with_blanks_before(body, size),
        **({"a long name": with_a_long_name(body, size)} if member == "metadata" else {}),
    }
    return {**{spelling: spelt(spelling, body, size, member) for spelling in BULKS}, **more}


def refuses_all(send: Sender, bodies: Mapping[str, bytes], chunked: bool = False) -> None:
    """Raise Broken unless each body is refused."""
    for about, raw in bodies.items():
        reply = send(raw, chunked)
        if reply.status not in FITS_A_BAD_BODY:
            how = " in chunks" if chunked else ""
            raise broken(reply, f"{len(raw)} bytes of {about}{how} were accepted", "a 4xx")


@pytest.mark.requirement("create.body-over-limit-refused")
def test_a_create_is_too_large_wherever_its_bytes_come_from(creates: Creates) -> None:
    body = creates.bodies.minimal(metadata={})

    def writing(about: str) -> Writer:
        return lambda name: bulky({**body, "externalId": name}, OUTSIDE, "metadata")[about]

    ways = {f"{OUTSIDE} bytes of {about}": writing(about) for about in bulky(body, OUTSIDE, "metadata")}
    creates.all_refused(ways, deviation="")
    creates.control()


@pytest.mark.requirement("create.body-over-limit-refused", "create.chunked-body-over-limit-refused")
def test_a_repeated_create_is_too_large_wherever_its_bytes_come_from(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    before, body = row_now(session).without_volatile(), dict(session.sent)

    def create(raw: bytes, chunked: bool) -> Reply:
        return session.sessions.create(raw=raw, chunked=chunked)

    bulks = bulky(body, OUTSIDE, "metadata")
    with check.judging("create.body-over-limit-refused"):
        refuses_all(create, bulks)
        assert session.read().without_volatile() == before
        inside = create(with_blanks_behind(body, INSIDE), False)
        check.control(inside, judged_by="create.same-external-id-answers-200")
    with check.judging("create.chunked-body-over-limit-refused"):
        takes_chunks(create(encoded(body), True), "create.chunked-body-accepted")
        refuses_all(create, bulks, chunked=True)
        assert session.read().without_volatile() == before


@pytest.mark.requirement(
    "update.body-over-limit-refused",
    "update.chunked-body-over-limit-refused",
    "update.body-inside-limit-accepted",
)
def test_an_update_is_too_large_wherever_its_bytes_come_from(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    kept = {"tags": ["kept"], "metadata": {"kept": True}}
    before = session.eventually_shows_written(updated(check, session, kept)).without_volatile()

    def update(raw: bytes, chunked: bool) -> Reply:
        return session.sessions.update(session.external_id, raw=raw, chunked=chunked)

    bulks = bulky({"tags": ["too", "large"], "metadata": {}}, OUTSIDE, "metadata")
    with check.judging("update.body-over-limit-refused"):
        refuses_all(update, bulks)
        assert session.read().without_volatile() == before
    with check.judging("update.chunked-body-over-limit-refused"):
        takes_chunks(update(encoded(kept), True), "update.chunked-body-accepted")
        refuses_all(update, bulks, chunked=True)
        assert session.read().without_volatile() == before
    with check.judging("update.body-inside-limit-accepted"):
        for about, raw in bulky({"metadata": {"kept": True}}, INSIDE, "metadata").items():
            reply = update(raw, False)
            if about != "unknown-member":
                check.accepted(reply)
    updated(check, session, kept)


@pytest.mark.requirement("close.body-over-limit-refused", "close.chunked-body-over-limit-refused")
def test_a_close_is_too_large_wherever_its_bytes_come_from(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session, closed = shared_sessions.open(), shared_sessions.closed()
    before, body = row_now(session).without_volatile(), {"reason": "too large"}

    def close(raw: bytes, chunked: bool) -> Reply:
        return session.sessions.close(session.external_id, raw=raw, chunked=chunked)

    bulks = bulky(body, CLOSE_OUTSIDE, "more")
    with check.judging("close.body-over-limit-refused"):
        refuses_all(close, bulks)
        assert session.read().without_volatile() == before
        small = closed.sessions.close(closed.id, body)
        check.control(small, judged_by="close.repeat-answers-200")
    with check.judging("close.chunked-body-over-limit-refused"):
        takes_chunks(closed.sessions.close(closed.id, body, chunked=True), "close.chunked-body-accepted")
        refuses_all(close, bulks, chunked=True)
        assert session.read().without_volatile() == before

"""After a refusal: every reader sees what was there before, and the same request is refused again."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from suites.trigger.support.access.public_tokens import key_of
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import OMITTED, Body, changed, padded_to, with_trigger
from suites.trigger.support.body_sizes import CLOSE_OUTSIDE, OUTSIDE
from suites.trigger.support.close import is_closed
from suites.trigger.support.create import CONFLICT, Creates
from suites.trigger.support.doors.array_sessions import Array
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import NULL, Check, Reply, Row, encoded

TIMES = 3
Ask = Callable[[], Reply]


def seen_by_all(session: LiveSession) -> Mapping[str, Row]:
    """The row as a retrieve by each address and one with the token show it, without what moves by itself."""
    found: dict[str, Row] = {}
    for reader, reply in ((reader, read()) for reader, read in readers(session).items()):
        if not reply.succeeded:
            raise broken(reply, f"{reader} shows nothing", "200")
        found[reader] = reply.row.without_volatile()
    return found


def readers(session: LiveSession) -> Mapping[str, Ask]:
    """A retrieve by each address, and one with the token."""
    ask, with_token = session.sessions, session.sessions.bearing(session.token)
    by_address = {f"a retrieve by {address}": partial(ask.retrieve, address) for address in session.addresses}
    return {**by_address, "a retrieve with its token": partial(with_token.retrieve, key_of(session))}


def settled(session: LiveSession) -> Mapping[str, Row]:
    """The same once all show one row, as what was written before may be read from a replica."""
    row = session.read().without_volatile()
    for read in readers(session).values():
        session.sessions.check.last_look(
            read, lambda reply: reply.is_object and reply.row.without_volatile() == row
        )
    return seen_by_all(session)


def stays_refused(session: LiveSession, asks: Mapping[str, Ask]) -> Mapping[str, Row]:
    """What each reader sees; raises Broken unless each request is refused and no reader sees a change."""
    before = settled(session)
    for about, ask in asks.items():
        for time in range(1, TIMES + 1):
            reply = ask()
            if not reply.refused:
                raise broken(reply, f"{about}, sent for time {time}, was not refused", "a 4xx")
    after = seen_by_all(session)
    assert after == before
    return after


@pytest.mark.requirement("update.refusal-is-repeated-and-seen-nowhere")
def test_a_refused_update_is_refused_again_and_seen_nowhere(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    along = {"tags": ["along"], "metadata": {"along": True}}
    faults: Mapping[str, bytes] = {
        "eleven tags": encoded({**along, "tags": [f"tag-{number}" for number in range(11)]}),
        "metadata that is a list, and its own externalId": encoded(
            {**along, "metadata": [1], "externalId": session.external_id}
        ),
        "another externalId": encoded({**along, "externalId": f"{session.external_id}-other"}),
        "externalId null": encoded({**along, "externalId": None}),
        "a body cut short": encoded(along)[:-1],
        "a body that is too large": padded_to(OUTSIDE, along, "metadata", "filling"),
    }
    update = session.sessions.update
    stays_refused(
        session,
        {
            f"an update with {fault}": lambda at=at, raw=raw: update(session.addresses[at % 2], raw=raw)  # type: ignore[misc]
            for at, (fault, raw) in enumerate(faults.items())
        },
    )
    updated(check, session, along)


@pytest.mark.requirement("close.refusal-is-repeated-and-seen-nowhere")
def test_a_refused_close_is_refused_again_and_seen_nowhere(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session, closed = shared_sessions.open(), shared_sessions.closed()
    faults: Mapping[str, bytes] = {
        "a reason that is too long": encoded({"reason": "r" * 257}),
        "a reason that is a number": encoded({"reason": 7}),
        "a body cut short": encoded({"reason": "done"})[:-1],
        "a list for a body": encoded(["done"]),
        "a body that is too large": padded_to(CLOSE_OUTSIDE, {}, "filling"),
    }
    close = session.sessions.close
    shown = stays_refused(
        session,
        {
            f"a close with {fault}": lambda at=at, raw=raw: close(session.addresses[at % 2], raw=raw)  # type: ignore[misc]
            for at, (fault, raw) in enumerate(faults.items())
        },
    )
    for row in shown.values():
        assert row["closedAt"] == NULL
    put_right = closed.sessions.close(closed.id, {"reason": "done"})
    check.control(put_right, judged_by="close.repeat-answers-200")


@pytest.mark.requirement("create.refusal-is-repeated-and-makes-nothing")
def test_a_refused_create_is_refused_again_and_makes_nothing(creates: Creates) -> None:
    good, sessions = creates.bodies.complete(), creates.sessions
    faults: Mapping[str, Body] = {
        "eleven tags": {**good, "tags": [f"tag-{number}" for number in range(11)]},
        "no type": changed(good, type=OMITTED),
        "metadata that is a list": {**good, "metadata": [1]},
        "a maxAttempts of 11": with_trigger(good, maxAttempts=11),
        "an expiresAt that is no date": {**good, "expiresAt": "soon"},
    }
    for about, body in faults.items():
        for time in range(1, TIMES + 1):
            reply = sessions.create(body)
            if not reply.refused:
                raise broken(reply, f"a create with {about}, sent for time {time}, was taken", "a 4xx")
        assert sessions.retrieve(good["externalId"]).status == 404, about
    assert sessions.update(good["externalId"], {}).status == 404
    assert sessions.close(good["externalId"], {}).status == 404
    creates.control()


@pytest.mark.requirement("create.closed-external-id-answers-409", "create.conflict-leaves-closed-session")
def test_a_closed_external_id_stays_refused_and_closed_for_every_reader(
    check: Check, sessions: Sessions, array: Array
) -> None:
    for one in array.closed:
        session = one.session
        before = session.eventually_shows(is_closed)
        replies = [sessions.create(one.body) for _ in range(TIMES)]
        sessions.create({**one.body, "type": 5})
        rows = [sessions.retrieve(address).row for address in session.addresses]
        repeats = [sessions.close(address, {}).row for address in session.addresses]
        replies.append(sessions.create(one.body))
        with check.judging("create.closed-external-id-answers-409"):
            assert [reply.status for reply in replies] == [CONFLICT] * (TIMES + 1)
        with check.judging("create.conflict-leaves-closed-session"):
            for row in (*rows, *repeats, session.read()):
                assert row.without_volatile() == before.without_volatile()

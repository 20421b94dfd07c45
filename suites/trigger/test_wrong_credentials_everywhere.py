"""A wrong credential is answered with 401 at whatever address and with whatever body it comes."""

from collections.abc import Callable, Iterator

import pytest

from suites.trigger.support.access.intruders import changes
from suites.trigger.support.access.wrong_combinations import Intruder, Tried, judge
from suites.trigger.support.api import LiveSession, Sessions, made
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check
from tck.run import Run

EVERY_WRONG_CREDENTIAL = pytest.mark.requirement(
    "credentials.none-answers-401",
    "credentials.unknown-key-answers-401",
    "credentials.near-miss-key-answers-401",
    "credentials.refused-whatever-the-body",
)
AND_ITS_BODY = pytest.mark.requirement("credentials.looked-at-before-the-body")


@pytest.fixture
def abroad(
    shelf: dict[str, LiveSession], run: Run, other_sessions: Sessions, bodies: Bodies
) -> LiveSession | None:
    """An open session of another environment, where the key of one is given."""
    if run.authorization("other") is None:
        return None
    kept = shelf.get("abroad") or made(other_sessions, bodies.minimal())
    shelf["abroad"] = kept
    return LiveSession(kept.created, other_sessions)


@pytest.fixture
def intruder(
    run: Run, sessions: Sessions, bodies: Bodies, shared_sessions: SharedSessions, abroad: LiveSession | None
) -> Intruder:
    """Asks with wrong credentials about an open and a closed session and one of another environment."""
    return Intruder(run, sessions, bodies, shared_sessions.open(), shared_sessions.closed(), abroad)


def tried_and_done(intruder: Intruder, ask: Callable[[], Iterator[Tried]]) -> tuple[list[Tried], str]:
    """Every reply, and what the requests have changed of the sessions."""
    watched = [intruder.opened, intruder.closed, *([intruder.abroad] if intruder.abroad else [])]
    before = [session.read() for session in watched]
    tried = list(ask())
    after = [session.read() for session in watched]
    return tried, "; ".join(filter(None, map(changes, before, after)))


@EVERY_WRONG_CREDENTIAL
def test_retrieve_takes_no_wrong_credential_anywhere(check: Check, intruder: Intruder) -> None:
    tried, done = tried_and_done(intruder, intruder.reads)
    session = intruder.opened
    check.control(session.sessions.retrieve(session.id), judged_by="retrieve.by-id-answers-200")
    judge(check, tried, done)


@EVERY_WRONG_CREDENTIAL
@AND_ITS_BODY
def test_no_write_takes_a_wrong_credential_anywhere(check: Check, intruder: Intruder) -> None:
    tried, done = tried_and_done(intruder, intruder.writes)
    session = intruder.opened
    kept = {"tags": session.read()["tags"].value}
    check.control(session.sessions.update(session.id, kept), judged_by="update.answers-200")
    closed = intruder.closed.sessions.close(intruder.closed.id, {"reason": "control"})
    check.control(closed, judged_by="close.repeat-answers-200")
    judge(check, tried, done)


@EVERY_WRONG_CREDENTIAL
@AND_ITS_BODY
def test_no_create_takes_a_wrong_credential(check: Check, bodies: Bodies, intruder: Intruder) -> None:
    name = bodies.new_name()
    tried, done = tried_and_done(intruder, lambda: intruder.creates(name))
    made_at = intruder.sessions.retrieve(name)
    again = intruder.sessions.create(dict(intruder.opened.sent))
    check.control(again, judged_by="create.same-external-id-answers-200")
    judge(check, tried, "; ".join(filter(None, (done, made_at.text if made_at.succeeded else ""))))

"""Nobody without the very secret key gets anything: not with none, a near miss, or another scheme."""

import pytest

from suites.trigger.support.access.intruders import (
    at_close,
    at_create,
    at_known_create,
    at_retrieve,
    at_update,
    intrusion,
    judge,
)
from suites.trigger.support.access.wrong_credentials import wrong_credentials
from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.shared_sessions import WITHOUT_NAME, SharedSessions, updated
from tck.checking import Check
from tck.run import Run

EVERY_WRONG_CREDENTIAL = pytest.mark.requirement(
    "credentials.none-answers-401",
    "credentials.unknown-key-answers-401",
    "credentials.near-miss-key-answers-401",
    "credentials.key-under-another-scheme-answers-401",
)


@EVERY_WRONG_CREDENTIAL
def test_create_takes_no_wrong_credential(check: Check, run: Run, sessions: Sessions, bodies: Bodies) -> None:
    attempts = at_create(wrong_credentials(run), sessions, bodies)
    check.control(sessions.create(bodies.minimal()), judged_by="create.new-session-answers-201")
    judge(check, attempts)


@EVERY_WRONG_CREDENTIAL
def test_create_of_a_known_external_id_takes_no_wrong_credential(
    check: Check, run: Run, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    attempts = at_known_create(wrong_credentials(run), session, bodies)
    again = session.sessions.create(dict(session.sent))
    check.control(again, judged_by="create.same-external-id-answers-200")
    judge(check, attempts)


@EVERY_WRONG_CREDENTIAL
def test_retrieve_takes_no_wrong_credential(check: Check, run: Run, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    nameless, wrong = shared_sessions.open(WITHOUT_NAME), wrong_credentials(run)
    attempts = [*at_retrieve(wrong, session), *at_retrieve(wrong[:1], nameless, (nameless.id,))]
    for address in session.addresses:
        check.control(session.sessions.retrieve(address), judged_by="retrieve.by-external-id-answers-200")
    judge(check, attempts)


@EVERY_WRONG_CREDENTIAL
def test_update_takes_no_wrong_credential(
    check: Check, run: Run, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    attempts = at_update(wrong_credentials(run), session, intrusion(bodies))
    for address in session.addresses:
        updated(check, session, intrusion(bodies), address)
    judge(check, attempts)


@EVERY_WRONG_CREDENTIAL
def test_close_takes_no_wrong_credential(check: Check, run: Run, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.fresh()
    attempts = at_close(wrong_credentials(run), session, {"reason": "nobody"})
    check.control(session.sessions.close(session.id, {"reason": "control"}), judged_by="close.answers-200")
    judge(check, attempts)

"""A token that the environment did not sign, as it stands, is good for nothing."""

import pytest

from suites.trigger.support.access.intruders import (
    at_close,
    at_create,
    at_known_create,
    at_retrieve,
    at_update,
    intrusion,
    judge,
    shows_nothing,
)
from suites.trigger.support.access.public_tokens import forgeries, key_of, rewritten_to
from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.shared_sessions import WITHOUT_NAME, SharedSessions, updated
from tck.checking import Check

EVERY_FORGERY = pytest.mark.requirement(
    "tokens.tampered-payload-answers-401",
    "tokens.tampered-signature-answers-401",
    "tokens.unsigned-answers-401",
    "tokens.foreign-signature-answers-401",
    "tokens.refusal-shows-nothing",
)


@EVERY_FORGERY
def test_create_takes_no_forged_token(
    check: Check, shared_sessions: SharedSessions, sessions: Sessions, bodies: Bodies
) -> None:
    attempts = at_create(
        forgeries(shared_sessions.open(), shared_sessions.open(WITHOUT_NAME)), sessions, bodies
    )
    check.control(sessions.create(bodies.minimal()), judged_by="create.new-session-answers-201")
    judge(check, attempts)


@EVERY_FORGERY
def test_create_of_a_known_external_id_takes_no_forged_token(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    attempts = at_known_create(forgeries(session, shared_sessions.open(WITHOUT_NAME)), session, bodies)
    again = session.sessions.create(dict(session.sent))
    check.control(again, judged_by="create.same-external-id-answers-200")
    judge(check, attempts)


@EVERY_FORGERY
def test_retrieve_takes_no_forged_token(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    attempts = at_retrieve(forgeries(session, shared_sessions.open(WITHOUT_NAME)), session)
    own = session.sessions.bearing(session.token).retrieve(key_of(session))
    check.control(own, judged_by="tokens.retrieves-own-session")
    judge(check, attempts)


@EVERY_FORGERY
def test_update_takes_no_forged_token(check: Check, shared_sessions: SharedSessions, bodies: Bodies) -> None:
    session = shared_sessions.open()
    attempts = at_update(forgeries(session, shared_sessions.open(WITHOUT_NAME)), session, intrusion(bodies))
    updated(check, session, intrusion(bodies))
    judge(check, attempts)


@EVERY_FORGERY
def test_close_takes_no_forged_token(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.fresh()
    attempts = at_close(forgeries(session, shared_sessions.open(WITHOUT_NAME)), session, {"reason": "nobody"})
    check.control(session.sessions.close(session.id, {"reason": "control"}), judged_by="close.answers-200")
    judge(check, attempts)


@pytest.mark.requirement("tokens.tampered-payload-answers-401", "tokens.refusal-shows-nothing")
def test_a_token_rewritten_to_another_session_does_not_read_it(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session, other = shared_sessions.open(), shared_sessions.open(WITHOUT_NAME)
    reply = other.sessions.bearing(rewritten_to(other, session)).retrieve(key_of(other))
    own = other.sessions.bearing(other.token).retrieve(key_of(other))
    check.control(own, judged_by="tokens.retrieves-own-session")
    with check.judging("tokens.tampered-payload-answers-401"):
        assert reply.status == 401
    with check.judging("tokens.refusal-shows-nothing"):
        check.held(shows_nothing(reply, other.created.row), reply)

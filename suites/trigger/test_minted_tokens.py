"""What tokens with other scopes or an earlier end may do, minted with the secret key of the environment."""

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
from suites.trigger.support.access.minted_tokens import (
    NOT_ALLOWED,
    Narrow,
    expired,
    just_expired,
    minted,
    who_may_not_write,
)
from suites.trigger.support.access.public_tokens import NOT_TO_READ, READ, key_of
from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.shared_sessions import WITHOUT_NAME, SharedSessions, for_both_kinds, updated
from tck.checking import Check
from tck.run import Run


@pytest.mark.requirement(
    "tokens.expired-is-refused",
    "tokens.read-scope-cannot-create",
    "tokens.without-scopes-does-nothing",
    "tokens.refusal-shows-nothing",
)
def test_create_takes_no_narrow_token(
    check: Check, run: Run, shared_sessions: SharedSessions, sessions: Sessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    narrow = Narrow(run, session, NOT_ALLOWED, "tokens.create-answers-401")
    intruders = [
        *expired(run, session),
        *narrow.read_only("tokens.read-scope-cannot-create"),
        *narrow.scopeless(),
    ]
    check.control(sessions.create(bodies.minimal()), judged_by="create.new-session-answers-201")
    judge(check, at_create(intruders, sessions, bodies))


@pytest.mark.requirement("tokens.expired-is-refused", "tokens.refusal-shows-nothing")
def test_create_of_a_known_external_id_takes_no_expired_token(
    check: Check, run: Run, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    attempts = at_known_create(expired(run, session), session, bodies)
    again = session.sessions.create(dict(session.sent))
    check.control(again, judged_by="create.same-external-id-answers-200")
    judge(check, attempts)


@pytest.mark.requirement("tokens.create-answers-401")
def test_create_answers_a_read_token_with_401(
    run: Run, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    token = minted(run, session, [READ + key_of(session)])
    reply = session.sessions.bearing(token).create(bodies.minimal())
    assert reply.status == 401


@pytest.mark.requirement(
    "tokens.expired-is-refused",
    "tokens.write-scope-does-not-read",
    "tokens.without-scopes-does-nothing",
    "tokens.other-scopes-do-not-read",
    "tokens.refusal-shows-nothing",
)
def test_retrieve_takes_no_token_without_its_read_scope(
    check: Check, run: Run, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    narrow = Narrow(run, session, NOT_TO_READ)
    intruders = [
        *expired(run, session),
        *narrow.write_only(),
        *narrow.scopeless(),
        *narrow.elsewhere(),
    ]
    others = (shared_sessions.open(WITHOUT_NAME), shared_sessions.closed())
    of_others = [one for other in others for one in at_retrieve(expired(run, other), other)]
    by_id = Narrow(run, others[0], NOT_TO_READ)
    of_its_id = at_retrieve([*by_id.write_only(), *by_id.elsewhere()], others[0])
    attempts = [*at_retrieve(intruders, session), *of_others, *of_its_id]
    own = session.sessions.bearing(minted(run, session, [READ + key_of(session)])).retrieve(key_of(session))
    check.control(own, judged_by="tokens.read-scope-only-reads")
    judge(check, attempts)


@pytest.mark.requirement("tokens.just-expired-is-refused", "tokens.refusal-shows-nothing")
def test_no_operation_takes_a_token_that_has_just_expired(
    check: Check, run: Run, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    tokens = just_expired(run, session)
    attempts = [
        *at_retrieve(tokens, session),
        *at_update(tokens, session, intrusion(bodies)),
        *at_close(tokens, session, {"reason": "nobody"}),
        *at_known_create(tokens, session, bodies),
    ]
    updated(check, session, intrusion(bodies))
    judge(check, attempts)


@pytest.mark.requirement("tokens.read-scope-only-reads")
@for_both_kinds
def test_the_read_scope_alone_retrieves(
    check: Check, run: Run, shared_sessions: SharedSessions, kind: str
) -> None:
    session = shared_sessions.open(kind)
    key = key_of(session)
    check.control(session.sessions.retrieve(key), judged_by="retrieve.by-external-id-answers-200")
    reply = session.sessions.bearing(minted(run, session, [READ + key])).retrieve(key)
    assert reply.status == 200
    assert reply["id"] == session.id


NO_WRITER = pytest.mark.requirement(
    "tokens.expired-is-refused",
    "tokens.read-scope-only-reads",
    "tokens.write-scope-does-not-read",
    "tokens.without-scopes-does-nothing",
    "tokens.admin-scope-does-not-write",
    "tokens.refusal-shows-nothing",
)


@NO_WRITER
def test_update_takes_no_minted_token(
    check: Check, run: Run, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.open()
    intruders = who_may_not_write(run, session, "tokens.update-answers-401")
    attempts = at_update(intruders, session, intrusion(bodies))
    updated(check, session, intrusion(bodies))
    judge(check, attempts)


@NO_WRITER
def test_close_takes_no_minted_token(check: Check, run: Run, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.fresh()
    intruders = who_may_not_write(run, session, "tokens.close-answers-401")
    attempts = at_close(intruders, session, {"reason": "nobody"})
    check.control(session.sessions.close(session.id, {"reason": "control"}), judged_by="close.answers-200")
    judge(check, attempts)

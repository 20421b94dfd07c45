"""What stands in the headers of a reply, whatever it is a reply to."""

import pytest

from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.replies import sample_calls
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, response_rules
from tck.run import Run


@pytest.mark.requirement("replies.no-secret-in-headers")
def test_no_header_holds_a_secret_key(
    check: Check, run: Run, shared_sessions: SharedSessions, sessions: Sessions, bodies: Bodies
) -> None:
    session, closed = shared_sessions.open(), shared_sessions.closed()
    replies = [
        sessions.retrieve(session.id),
        sessions.update(session.id, {}),
        sessions.close(closed.id, {}),
        *sample_calls.reused_names(session, closed),
        *sample_calls.refused_updates(session)[:2],
        *sample_calls.not_found(sessions, bodies)[:3],
        *sample_calls.unauthorized(session, bodies)[:4],
    ]
    with check.judging("replies.no-secret-in-headers"):
        for reply in replies:
            check.held(response_rules.holds_no_secret(run.target.credentials, reply), reply)


@pytest.mark.requirement("create.error-409-is-json")
def test_the_409_of_create_is_announced_as_json(check: Check, shared_sessions: SharedSessions) -> None:
    for reply in sample_calls.conflicts(
        sample_calls.reused_names(shared_sessions.open(), shared_sessions.closed())
    ):
        check.held(response_rules.is_json(reply), reply)

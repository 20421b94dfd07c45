"""What stands in the headers of a reply, whatever it is a reply to."""

import pytest

from suites.trigger.support.replies import sample_calls
from suites.trigger.support.replies.sample_calls import Samples
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, response_rules
from tck.run import Run


@pytest.mark.requirement("replies.no-secret-in-headers")
def test_no_header_holds_a_secret_key(
    check: Check, run: Run, shared_sessions: SharedSessions, samples: Samples
) -> None:
    session, closed = shared_sessions.open(), shared_sessions.closed()
    replies = [
        session.sessions.retrieve(session.id),
        session.sessions.update(session.id, {}),
        closed.sessions.close(closed.id, {}),
        *samples.reused_names(),
        *samples.refused_updates(),
        *samples.not_found(),
        *samples.unauthorized(),
    ]
    with check.judging("replies.no-secret-in-headers"):
        for reply in replies:
            check.held(response_rules.holds_no_secret(run.target.credentials, reply), reply)


@pytest.mark.requirement("create.error-409-is-json")
def test_the_409_of_create_is_announced_as_json(check: Check, samples: Samples) -> None:
    for reply in sample_calls.conflicts(samples.reused_names()):
        check.held(response_rules.is_json(reply), reply)

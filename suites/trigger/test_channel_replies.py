"""What holds for every reply of the channels; the monitor judges all checks, these try each kind of reply."""

import pytest

from suites.trigger.support.channels.api import IN, OUT
from suites.trigger.support.channels.made import SharedLogs
from suites.trigger.support.channels.sample_calls import every_kind_of_reply
from suites.trigger.support.replies.group_replies import shows_no_secret
from suites.trigger.support.replies.rules import shows_no_stack_trace
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, response_rules
from tck.run import Run


@pytest.mark.requirement(
    "channels.no-server-error", "channels.no-secret-in-replies", "channels.hold-no-stack-trace"
)
@pytest.mark.parametrize("io", [IN, OUT])
def test_no_reply_is_an_error_of_the_server_or_shows_what_is_inside(
    run: Run, check: Check, filled_logs: SharedLogs, shared_sessions: SharedSessions, io: str
) -> None:
    replies = every_kind_of_reply(run, filled_logs.filled(io), shared_sessions)
    with check.judging("channels.no-server-error"):
        for reply in replies:
            check.held(response_rules.is_no_server_error(reply), reply)
    with check.judging("channels.no-secret-in-replies"):
        for reply in replies:
            check.held(shows_no_secret(run.target.credentials, reply), reply)
    with check.judging("channels.hold-no-stack-trace"):
        for reply in replies:
            check.held(shows_no_stack_trace(reply), reply)

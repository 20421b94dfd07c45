"""What must outlive a restart of the server: rows, the names of closed sessions, and tokens."""

from collections.abc import Callable

import pytest

from suites.trigger.support.access.public_tokens import key_of
from suites.trigger.support.api import Sessions
from suites.trigger.support.create import CONFLICT
from suites.trigger.support.doors.array_sessions import Array
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import Check


@pytest.mark.quiet
@pytest.mark.requirement(
    "retrieve.rows-outlive-a-restart",
    "create.external-ids-outlive-a-restart",
    "tokens.outlive-a-restart",
)
def test_everything_is_as_it_was_after_a_restart(
    check: Check,
    sessions: Sessions,
    shared_sessions: SharedSessions,
    array: Array,
    restart: Callable[[], None],
) -> None:
    opened, closed = shared_sessions.open(), shared_sessions.closed()
    written = updated(check, opened, {"tags": ["before the restart"], "metadata": {"before": [1]}})
    every = [opened, closed, *(one.session for one in array.every)]
    before = [session.read() for session in every]
    check.control(sessions.create(dict(opened.sent)), judged_by="create.same-external-id-answers-200")
    restart()
    with check.judging("retrieve.rows-outlive-a-restart"):
        assert sessions.retrieve(opened.id)["tags"] == written["tags"]
        for session, row in zip(every, before, strict=True):
            for address in session.addresses:
                reply = check.accepted(sessions.retrieve(address))
                assert reply.row.without_volatile() == row.without_volatile()
    with check.judging("create.external-ids-outlive-a-restart"):
        assert sessions.create(dict(closed.sent)).status == CONFLICT
        assert sessions.create(dict(opened.sent))["id"] == opened.id
    with check.judging("tokens.outlive-a-restart"):
        reply = sessions.bearing(opened.token).retrieve(key_of(opened))
        assert reply.status == 200
        assert reply["id"] == opened.id

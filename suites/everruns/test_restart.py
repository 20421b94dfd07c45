"""What must outlive a restart of the server: the title and the tags that updates wrote."""

from collections.abc import Callable

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.update import arranged
from tck.checking import Broken


@pytest.mark.quiet
@pytest.mark.requirement("update.writes-outlive-a-restart")
def test_what_was_written_is_there_after_a_restart(session: LiveSession, restart: Callable[[], None]) -> None:
    before = arranged(session)
    restart()
    reply = session.sessions.read(session.id)
    if not reply.succeeded:
        raise Broken("a session is gone after a restart", "200 and its row", reply.told, reply.exchange)
    assert without_volatile(reply.row) == without_volatile(before)

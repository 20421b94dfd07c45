"""A read with a validator shows what the last update wrote, or says that the client has it."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.update import arranged
from tck.checking import Broken, Check, Reply, Row, pause

NOT_MODIFIED = 304
LONG_AGO = "Sat, 03 Feb 2001 04:05:06 GMT"
A_SECOND_ON = 1.1
"""Seconds after which a Last-Modified, which shows whole seconds, tells two rows apart."""
NEVER_ISSUED = ('"never-issued"', 'W/"never-issued"', '"a", "b"')


def shows(reply: Reply, row: Row) -> None:
    """Raise Broken unless a reply is the row, without what moves by itself."""
    differences = (
        without_volatile(row).differences(without_volatile(reply.row)) if reply.status == 200 else []
    )
    if reply.status != 200 or differences:
        seen = "; ".join(differences) or f"it answered {reply.status}"
        raise Broken("a read does not show the row as it is now", "200 and the row", seen, reply.exchange)


@pytest.mark.requirement("update.seen-by-conditional-read")
def test_a_validator_that_was_never_issued_brings_the_row(session: LiveSession) -> None:
    row = arranged(session)
    for tag in NEVER_ISSUED:
        shows(session.read_if({"If-None-Match": tag}), row)
    shows(session.read_if({"If-Modified-Since": LONG_AGO}), row)


@pytest.mark.requirement("update.seen-by-conditional-read")
def test_the_validator_of_an_earlier_row_brings_the_row_as_it_is_now(
    check: Check, session: LiveSession
) -> None:
    first = session.read_if({})
    pause(A_SECOND_ON if first.header("last-modified") else 0.0)
    for member in ("title", "tags", "title"):
        arranged(session)
        earlier = session.read_if({})
        mark = session.sessions.run.new_name()
        changed = check.accepted(session.update({member: f"Read {mark}" if member == "title" else [mark]}))
        row = session.eventually_shows_written(changed)
        shows(session.read_if({"If-None-Match": earlier.header("etag")}), row)
        again = session.read_if({"If-None-Match": session.read_if({}).header("etag")})
        if again.status != NOT_MODIFIED:
            shows(again, row)
        shows(session.read_if({}), row)
    shows(session.read_if({"If-Modified-Since": first.header("last-modified")}), row)

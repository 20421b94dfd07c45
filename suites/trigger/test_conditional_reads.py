"""A retrieve with a validator shows the row as it is now, or says that the one the client has is."""

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import Broken, Check, Reply, Row

NOT_MODIFIED = 304
LONG_AGO = "Sat, 03 Feb 2001 04:05:06 GMT"
NEVER_ISSUED = ('"never-issued"', 'W/"never-issued"', '"a", "b"')


def read(session: LiveSession, address: str, **headers: str) -> Reply:
    """A retrieve with these headers; an underscore in a name is a hyphen."""
    return session.sessions.retrieve(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def validators(reply: Reply) -> dict[str, str]:
    """The headers that ask whether what a reply showed is still so."""
    told = {"If_None_Match": reply.header("etag"), "If_Modified_Since": reply.header("last-modified")}
    return {name: value for name, value in told.items() if value}


def shows(reply: Reply, row: Row) -> None:
    """Raise Broken unless a reply is the row, without what moves by itself."""
    differences = (
        row.without_volatile().differences(reply.row.without_volatile()) if reply.status == 200 else []
    )
    if reply.status != 200 or differences:
        seen = "; ".join(differences) or f"it answered {reply.status}"
        raise Broken("a retrieve does not show the row as it is now", "200 and the row", seen, reply.exchange)


@pytest.mark.requirement("retrieve.conditional-shows-current-row")
def test_a_validator_that_was_never_issued_brings_the_row(shared_sessions: SharedSessions) -> None:
    for session in (shared_sessions.open(), shared_sessions.closed()):
        row = session.read()
        for address in session.addresses:
            for tag in NEVER_ISSUED:
                shows(read(session, address, If_None_Match=tag), row)
            shows(read(session, address, If_Modified_Since=LONG_AGO), row)
        shows(read(session, session.id), row)


@pytest.mark.requirement("retrieve.conditional-shows-current-row")
def test_an_own_validator_brings_the_row_or_says_that_it_is_still_so(shared_sessions: SharedSessions) -> None:
    for session in (shared_sessions.open(), shared_sessions.closed()):
        for address in session.addresses:
            shown = read(session, address)
            for name, value in validators(shown).items():
                again = read(session, address, **{name: value})
                if again.status != NOT_MODIFIED:
                    shows(again, shown.row)


@pytest.mark.requirement("retrieve.conditional-shows-current-row")
def test_the_validator_of_an_earlier_row_brings_the_row_as_it_is_now(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    earlier = {address: read(session, address) for address in session.addresses}
    for number, address in enumerate(session.addresses):
        change = {"tags": [f"read again {number}"], "metadata": {"read": number}}
        row = updated(check, session, change).row
        if "If_None_Match" in validators(earlier[address]):
            shows(read(session, address, If_None_Match=earlier[address].header("etag")), row)
        shows(read(session, address), row)

"""Deadlines of the server's own: what was made without expiresAt may be kept longer with each write."""

from suites.trigger.support.api import LiveSession
from tck.checking import Row

DEADLINE = "expiresAt"


def may_slide(session: LiveSession, before: Row) -> bool:
    """Whether the deadline that a row shows is one that nobody sent."""
    return session.sent.get(DEADLINE) is None and not before[DEADLINE].is_null


def but_for_its_own(session: LiveSession, row: Row) -> Row:
    """The row, compared without its deadline where that is the server's own."""
    return row.without(DEADLINE) if may_slide(session, row) else row


def keeps_deadline(session: LiveSession, after: Row, before: Row) -> None:
    """Assert that a row has its deadline still, or a later one where that is the server's own."""
    if may_slide(session, before):
        assert not after[DEADLINE].is_null
        assert after[DEADLINE] >= before[DEADLINE]
    else:
        assert after[DEADLINE] == before[DEADLINE]

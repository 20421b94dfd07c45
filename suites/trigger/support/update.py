"""What the checks on update share: a known state before, the update and a read after it, and refusals."""

from typing import Any

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Body
from tck.checking import (
    FITS_A_BAD_BODY,
    Check,
    Instant,
    NotTested,
    Reply,
    Row,
    Written,
    compared,
    parse_instant,
)

WHAT_UPDATE_WRITES = ("tags", "metadata")
REFUSES_AN_ILL_FORMED_ID = FITS_A_BAD_BODY | {404}
"""Statuses that refuse an externalId that is neither well formed nor the session's own."""
by_either_address = pytest.mark.parametrize(
    "at", [pytest.param(0, id="by-id"), pytest.param(1, id="by-external-id")]
)
"""Runs a check twice; `session.addresses[at]` is the address to use."""


def arranged(session: LiveSession, **members: Any) -> Row:
    """The row as read after an update that gave it tags, metadata and a mark of its own; a precondition."""
    mark = session.sessions.run.new_name()
    known: Body = {"tags": ["before", mark], "metadata": {"before": {"deep": [1, {"mark": mark}]}}}
    reply = session.sessions.update(session.id, {**known, **members})
    return session.arranged(reply, judged_by="update.answers-200")


def written(check: Check, session: LiveSession, address: str, body: Body) -> Written:
    """What an update at this address told and a retrieve by id then read; a refusal is Broken."""
    return session.written(check.accepted(session.sessions.update(address, body)))


def untouched(row: Row) -> Row:
    """The row without what an update may name and what may move by itself."""
    return row.without_volatile().without(*WHAT_UPDATE_WRITES)


def was_refused(reply: Reply, judged_by: str) -> None:
    """Raise NotTested, naming the judging requirement, when an update that had to be refused was not."""
    if not reply.refused:
        raise NotTested(f"the update was answered with {reply.status}, which {judged_by} judges")


def moved_on(after: Row, before: Row) -> None:
    """Raise Broken unless updatedAt moved on; where it shows whole seconds alone it may be the same."""
    now, then = after["updatedAt"], before["updatedAt"]
    moved = now > then
    one, other = _updated(before), _updated(after)
    coarse = max(one.precision, other.precision) >= 1
    if not (moved or other.seconds > one.seconds or (coarse and now >= then)):
        raise compared(">", now, then).as_broken()


def _updated(row: Row) -> Instant:
    return parse_instant(str(row["updatedAt"].value))

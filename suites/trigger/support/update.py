"""What the checks on update share: a known state before, the update and a read after it, and refusals."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Body
from suites.trigger.support.known_sessions import row_now
from tck.checking import (
    FITS_A_BAD_BODY,
    Check,
    Instant,
    NotTested,
    Reply,
    Row,
    Written,
    compared,
    let_pass,
    order_is_certain,
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
    return session.arranged(_marked_anew(session, members), judged_by="update.answers-200")


def arrange(session: LiveSession, **members: Any) -> None:
    """The same for a check that does not compare with the row before, which is not read then."""
    reply = _marked_anew(session, members)
    if not reply.succeeded:
        raise NotTested(f"update answered {reply.status}", judged_by="update.answers-200")


def _marked_anew(session: LiveSession, members: Body) -> Reply:
    mark = session.sessions.run.new_name()
    known: Body = {"tags": ["before", mark], "metadata": {"before": {"deep": [1, {"mark": mark}]}}}
    return session.sessions.update(session.id, {**known, **members})


def written(check: Check, session: LiveSession, address: str, body: Body) -> Written:
    """What an update at this address told and a retrieve by id then read; a refusal is Broken."""
    return session.written(check.accepted(session.sessions.update(address, body)))


def changes_in_a_row(check: Check, session: LiveSession, wait: float) -> list[tuple[Row, Row]]:
    """Updates of every kind of a session that was there before: each row, and the one shown next."""
    rows = [row_now(session)]
    let_pass(wait)
    for number, address in enumerate(session.addresses * 2):
        for body in ({"tags": [f"t-{number}"]}, {"metadata": {"m": number}}, {"metadata": None}):
            row = written(check, session, address, body)
            rows += [row.told, row.read]
    rows.append(check.accepted(session.sessions.update(session.id, {})).row)
    return list(pairwise(rows))


def all_certain(pairs: list[tuple[Row, Row]]) -> bool:
    """Whether it is certain of each pair in which order their updatedAt stand."""
    return all(order_is_certain(earlier["updatedAt"], later["updatedAt"]) for earlier, later in pairs)


def changed_after(
    check: Check, session: LiveSession, address: str, body: Body, wait: float
) -> tuple[Row, Written]:
    """The row before a real change, and the change, so many seconds later."""
    before = arranged(session)
    let_pass(wait)
    return before, written(check, session, address, body)


def has_moved_on(change: tuple[Row, Written]) -> bool:
    """Whether a change has moved updatedAt on, in its reply and for a retrieve."""
    before, row = change
    return _is_later(row.told, before) and _is_later(row.read, before)


def untouched(row: Row) -> Row:
    """The row without what an update may name and what may move by itself."""
    return row.without_volatile().without(*WHAT_UPDATE_WRITES)


def named_along(bodies: Mapping[str, Body]) -> list[Body]:
    """Each of these with what it is about as metadata, unless it has its own: it shows if it takes effect."""
    return [{"metadata": {"sent along": about}, **body} for about, body in bodies.items()]


def in_turn(session: LiveSession, bodies: Iterable[Body], addresses: Sequence[str] = ()) -> list[Reply]:
    """The replies to updates with these bodies at each of these addresses, or by id, one after the other."""
    asked = product(bodies, addresses or [session.id])
    return [session.sessions.update(address, body) for body, address in asked]


def were_refused(replies: Iterable[Reply], judged_by: str) -> None:
    """Raise NotTested, naming the judging requirement, when one that had to be refused was not."""
    for reply in replies:
        was_refused(reply, judged_by)


def was_refused(reply: Reply, judged_by: str) -> None:
    """Raise NotTested, naming the judging requirement, when an update that had to be refused was not."""
    if not reply.refused:
        raise NotTested(f"the update was answered with {reply.status}", judged_by=judged_by)


def moved_on(after: Row, before: Row) -> None:
    """Raise Broken unless updatedAt moved on; where it shows whole seconds alone it may be the same."""
    if not _is_later(after, before):
        raise compared(">", after["updatedAt"], before["updatedAt"]).as_broken()


def _is_later(after: Row, before: Row) -> bool:
    now, then = after["updatedAt"], before["updatedAt"]
    one, other = _updated(before), _updated(after)
    coarse = max(one.precision, other.precision) >= 1
    return now > then or other.seconds > one.seconds or (coarse and now >= then)


def _updated(row: Row) -> Instant:
    return parse_instant(str(row["updatedAt"].value))

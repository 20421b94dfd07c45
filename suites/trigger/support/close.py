"""Closing a session as a precondition, closing it again, and what must not bring it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from suites.trigger.support.api import LiveSession, NewSession
from suites.trigger.support.bodies import ELEVEN_TAGS, FAR_FUTURE, OMITTED, Body, changed
from tck.checking import Check, NotTested, Reply, Row, encoded, eventually, let_pass, weeks_ahead

REASON = "Signed out: user #7"
OTHER_REASON = "changed my mind"
OF_THE_ENDING = ("closedAt", "closedReason")
NO_METADATA = ["words"]
"""What metadata cannot be."""
RETENTION = "expiresAt"
"""The deadline that a server may count from the close."""
Address = Callable[[LiveSession], str]


def by_id(session: LiveSession) -> str:
    """The session's id."""
    return session.id


def by_external_id(session: LiveSession) -> str:
    """The session's externalId."""
    return session.external_id


def is_closed(row: Row) -> bool:
    """Whether a row shows that its session is closed."""
    return not row["closedAt"].is_null


def without_close_fields(row: Row) -> Row:
    """The row without what a close may move."""
    return row.without_volatile().without(*OF_THE_ENDING, RETENTION)


def ending(row: Row) -> Row:
    """Of the row only when and why its session was closed."""
    return row.without(*(name for name in row.shape.members if name not in OF_THE_ENDING))


def close_now(session: LiveSession, body: Body) -> Reply:
    """Close an open session; raises NotTested when the reply does not show that it is closed."""
    reply = session.sessions.close(session.id, body)
    if not reply.succeeded or not reply.is_object or not is_closed(reply.row):
        raise NotTested(f"close answered {reply.status} without closedAt", judged_by="close.sets-closed-at")
    return reply


def close_first(session: LiveSession, body: Body) -> Reply:
    """Close an open session and wait until a retrieve shows it; raises NotTested when that cannot be had."""
    reply = close_now(session, body)
    if not is_closed(session.eventually_shows(is_closed)):
        raise NotTested("a retrieve shows no closedAt", judged_by="close.sets-closed-at")
    return reply


@dataclass(frozen=True)
class Between:
    """A close, as its reply and a read showed it, and sessions that were made before and after it."""

    earlier: Row
    rows: tuple[Row, ...]
    later: Row

    def is_in_order(self) -> bool:
        """Whether the session was closed between the two, by one clock."""
        start, end = self.earlier["createdAt"], self.later["createdAt"]
        return all(row["closedAt"] >= start and row["closedAt"] <= end for row in self.rows)


def closed_between(check: Check, new_session: NewSession, wait: float) -> Between:
    """Close sessions that are older than another one, by so many seconds at least, and make one more."""
    named, nameless = new_session(), new_session(externalId=OMITTED)
    let_pass(wait)
    earlier = eventually(new_session, lambda made: made.created["createdAt"] > nameless.created["createdAt"])
    replies = [one.sessions.close(one.id, {}) for one in (named, nameless)]
    told = [check.control(reply, judged_by="close.answers-200").row for reply in replies]
    later = new_session()
    rows = (*told, named.eventually_shows(is_closed), nameless.eventually_shows(is_closed))
    return Between(earlier.value.created.row, rows, later.created.row)


def closes_again(session: LiveSession, second: Body) -> list[Callable[[], Reply]]:
    """Twelve closes of a closed session, beginning with this body."""
    bodies: tuple[Body, ...] = (second, {}, {"reason": OTHER_REASON})
    asked = [*product(bodies, session.addresses)] * 2
    return [partial(session.sessions.close, address, body) for body, address in asked]


def ways_back(session: LiveSession, unused: str, first_at: int) -> Sequence[Callable[[], Reply]]:
    """Requests that may be refused or allowed on a closed session, and that must never reopen it.

    They go to its addresses in turn, the first to the one at this place.
    """
    ask = session.sessions
    back: list[Body] = [
        {"closedAt": None},
        {"closedAt": None, "closedReason": None, "tags": [unused]},
        {"closedAt": FAR_FUTURE, "closedReason": unused},
        {"tags": [unused], "metadata": {"reopened": True}},
        {"metadata": None},
        {"tags": [], "metadata": None},
        {"externalId": session.external_id},
        {"externalId": None},
        {"externalId": unused, "tags": []},
        {"tags": ELEVEN_TAGS},
        {"metadata": NO_METADATA},
        {},
    ]
    again: list[Body] = [
        dict(session.sent),
        changed(dict(session.sent), metadata={"again": True}, expiresAt=weeks_ahead(3)),
    ]
    closes: list[Body] = [{"reason": "x" * 257}, {"reason": None}, {"reason": unused}, {}]
    turns = (session.addresses[first_at:] + session.addresses[:first_at]) * len(back)
    return [
        *((lambda at=at, body=body: ask.update(at, body)) for at, body in zip(turns, back, strict=False)),
        *((lambda body=body: ask.create(body)) for body in again),
        *((lambda at=at, body=body: ask.close(at, body)) for at, body in zip(turns, closes, strict=False)),
        lambda: ask.update(session.id, raw=encoded({"closedAt": None})[:-1]),
        lambda: ask.close(session.id, raw=encoded({"reason": unused})[:-1]),
        lambda: ask.create(dict(session.sent)),
    ]

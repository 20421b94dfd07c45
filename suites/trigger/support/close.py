"""Closing a session as a precondition, closing it again, and what must not bring it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import FAR_FUTURE, Body, changed
from tck.checking import NotTested, Reply, Row, encoded

REASON = "Signed out: user #7"
OTHER_REASON = "changed my mind"
OF_THE_ENDING = ("closedAt", "closedReason")
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
    return row.without_volatile().without(*OF_THE_ENDING)


def ending(row: Row) -> Row:
    """Of the row only when and why its session was closed."""
    return row.without(*(name for name in row.shape.members if name not in OF_THE_ENDING))


def close_now(session: LiveSession, body: Body) -> Reply:
    """Close an open session; raises NotTested when the reply does not show that it is closed."""
    reply = session.sessions.close(session.id, body)
    if not reply.succeeded or not reply.is_object or not is_closed(reply.row):
        raise NotTested(f"close answered {reply.status} without closedAt, which close.sets-closed-at judges")
    return reply


def close_first(session: LiveSession, body: Body) -> Reply:
    """Close an open session and wait until a retrieve shows it; raises NotTested when that cannot be had."""
    reply = close_now(session, body)
    if not is_closed(session.eventually_shows(is_closed)):
        raise NotTested("a retrieve shows no closedAt, which close.sets-closed-at judges")
    return reply


@dataclass(frozen=True)
class Repeat:
    """A close of a closed session: its reply, and the row as it was read right after."""

    reply: Reply
    row: Row


def repeats(session: LiveSession, first: Reply, second: Body) -> list[Repeat]:
    """Twelve closes of a closed session, beginning with this body; one that changes the row is the last."""
    bodies: tuple[Body, ...] = (second, {}, {"reason": OTHER_REASON})
    done: list[Repeat] = []
    for body, address in [*product(bodies, session.addresses)] * 2:
        reply = session.sessions.close(address, body)
        done.append(Repeat(reply, session.eventually_shows(lambda row: row == first.row)))
        if done[-1].row != first.row:
            break
    return done


def ways_back(session: LiveSession, unused: str) -> Sequence[Callable[[], Reply]]:
    """Requests that may be refused or allowed on a closed session, and that must never reopen it."""
    ask = session.sessions
    back: list[Body] = [
        {"closedAt": None},
        {"closedAt": None, "closedReason": None, "tags": [unused]},
        {"closedAt": FAR_FUTURE, "closedReason": unused},
        {"tags": [unused], "metadata": {"reopened": True}},
        {"metadata": None},
        {"externalId": session.external_id},
        {"externalId": None},
        {"externalId": unused, "tags": []},
        {"tags": 5},
        {},
    ]
    again: list[Body] = [
        dict(session.sent),
        changed(dict(session.sent), metadata={"again": True}, expiresAt="2097-01-02T03:04:05.000Z"),
    ]
    closes: list[Body] = [{"reason": "x" * 257}, {"reason": 5}, {"reason": unused}, {}]
    return [
        *((lambda at=at, body=body: ask.update(at, body)) for body, at in product(back, session.addresses)),
        *((lambda body=body: ask.create(body)) for body in again),
        *((lambda at=at, body=body: ask.close(at, body)) for body, at in product(closes, session.addresses)),
        lambda: ask.update(session.id, raw=encoded({"closedAt": None})[:-1]),
        lambda: ask.close(session.id, raw=encoded({"reason": unused})[:-1]),
        lambda: ask.create(dict(session.sent)),
    ]

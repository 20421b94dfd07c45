"""Walks through the states of a session and the ways to be refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import OMITTED, Bodies, Body, padded_to, with_trigger
from suites.trigger.support.replies.shared_replies import SharedReplies
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, NotApplicable, NotTested, Reply, encoded, joined

BEYOND = 32_769
CLOSE_BEYOND = 1_025
CONFLICT = 409


def all_succeeded(check: Check, replies: Iterable[Reply], judged_by: str) -> list[Reply]:
    """The replies, when each is a 2xx; a precondition."""
    return [check.control(reply, judged_by) for reply in replies]


def those_with(status: int, replies: Iterable[Reply]) -> list[Reply]:
    """The replies of this status; raises NotApplicable when the target answers none of these requests so."""
    found = [reply for reply in replies if reply.status == status]
    return some(found, f"the target answers none of these requests with {status}")


def some(replies: list[Reply], otherwise: str) -> list[Reply]:
    """The replies; raises NotApplicable with this sentence when there are none."""
    if not replies:
        raise NotApplicable(otherwise)
    return replies


def conflicts(replies: Iterable[Reply]) -> list[Reply]:
    """The replies that are a 409; a precondition."""
    found = [reply for reply in replies if reply.status == CONFLICT]
    if not found:
        raise NotTested("no create was answered with 409", judged_by="create.closed-external-id-answers-409")
    return found


@dataclass(frozen=True)
class Samples:
    """Replies of every kind; each kind is asked for once a process and judged by all checks that want it."""

    replies: SharedReplies
    shared: SharedSessions

    def refused_creates(self) -> list[Reply]:
        """Creates with a fault in every kind of place."""
        return self.replies.asked_once(
            "refused creates", lambda: refused_creates(self.shared.sessions, self.shared.bodies)
        )

    def refused_updates(self) -> list[Reply]:
        """Updates with a fault in every kind of place."""
        return self._once("refused updates", lambda: refused_updates(self.shared.open()))

    def refused_closes(self) -> list[Reply]:
        """Closes with a fault in every kind of place."""
        return self._once("refused closes", lambda: refused_closes(self.shared.open()))

    def reused_names(self) -> list[Reply]:
        """Creates with the externalId of an open session and of a closed one."""
        return self.replies.asked_once(
            "reused names", lambda: reused_names(self.shared.open(), self.shared.closed())
        )

    def not_found(self) -> list[Reply]:
        """Requests to addresses that no session has."""
        return self.replies.asked_once(
            "not found", lambda: not_found(self.shared.sessions, self.shared.bodies)
        )

    def unauthorized(self) -> list[Reply]:
        """Requests with no credential, with a made-up one, and with the session's own token."""
        return self.replies.asked_once(
            "unauthorized", lambda: unauthorized(self.shared.open(), self.shared.bodies)
        )

    def life(self, kind: str, reason: Body) -> list[Reply]:
        """A session of a kind as it is made, read, changed, closed for a reason, and read afterwards."""

        def live() -> list[Reply]:
            session = self.shared.fresh(kind)
            return [*open_life(session), *ended_life(session, reason)]

        return self._once(f"a life {kind} {reason}", live)

    def _once(self, name: str, ask: Callable[[], list[Reply]]) -> list[Reply]:
        return self.replies.asked_once(name, ask)


def seen(check: Check, session: LiveSession, written: Reply) -> None:
    """Raise Broken unless a retrieve by each address shows what a write showed, within the wait."""
    for address in session.addresses[1:]:
        row = check.last_look(
            lambda address=address: session.sessions.retrieve(address).row,  # type: ignore[misc]
            lambda row: row.without_volatile() == written.row.without_volatile(),
        )
        differences = written.row.without_volatile().differences(row.without_volatile())
        if differences:
            raise joined(differences).as_broken()
    differences = written.row.without_volatile().differences(
        session.eventually_shows_written(written).without_volatile()
    )
    if differences:
        raise joined(differences).as_broken()


def refused_creates(sessions: Sessions, bodies: Bodies) -> list[Reply]:
    """Creates with a fault in every kind of place."""
    good = bodies.minimal()
    faulty: list[Body] = [
        {},
        {**good, "type": 7},
        {**good, "type": ""},
        {**good, "externalId": "session_x"},
        {**good, "tags": ["fine", 7]},
        {**good, "tags": ["fine", "x" * 129]},
        {**good, "tags": [str(number) for number in range(11)]},
        {**good, "metadata": [1]},
        {**good, "expiresAt": "never"},
        {**good, "triggerConfig": {}},
        with_trigger(good, tags=["fine", {}]),
        with_trigger(good, maxAttempts=11),
        {"type": 7, "tags": [[], 8], "triggerConfig": {"basePayload": 9, "tags": [10]}},
    ]
    raw = [b"{", b"[]", encoded("text"), padded_to(BEYOND, good, "metadata", "bulk")]
    return [*(sessions.create(body) for body in faulty), *(sessions.create(raw=one) for one in raw)]


def refused_updates(session: LiveSession) -> list[Reply]:
    """Updates with a fault in every kind of place."""
    faulty: list[Any] = [
        {"externalId": f"{session.external_id}-differs"},
        {"externalId": None},
        {"externalId": 7},
        {"tags": ["fine", 7]},
        {"tags": [str(number) for number in range(11)]},
        {"tags": "fine", "metadata": [1]},
        [],
    ]
    raw = [b"{", padded_to(BEYOND, {}, "metadata", "bulk")]
    sessions, address = session.sessions, session.id
    return [
        *(sessions.update(address, body) for body in faulty),
        *(sessions.update(address, raw=one) for one in raw),
    ]


def refused_closes(session: LiveSession) -> list[Reply]:
    """Closes with a fault in every kind of place."""
    sessions, address = session.sessions, session.id
    faulty: list[Any] = [{"reason": 7}, {"reason": "x" * 257}, {"reason": ["x"]}, [], "text"]
    raw = [b"{", padded_to(CLOSE_BEYOND, {}, "reason")]
    return [
        *(sessions.close(address, body) for body in faulty),
        *(sessions.close(address, raw=one) for one in raw),
    ]


def reused_names(session: LiveSession, closed: LiveSession) -> list[Reply]:
    """Creates with the externalId of an open session and of a closed one."""
    return [session.sessions.create(dict(one.sent)) for one in (session, closed)]


def not_found(sessions: Sessions, bodies: Bodies) -> list[Reply]:
    """Requests to addresses that no session has."""
    addresses = (bodies.new_name(), f"session_{bodies.new_name()}")
    return [
        reply
        for address in addresses
        for reply in (sessions.retrieve(address), sessions.update(address, {}), sessions.close(address))
    ]


def unauthorized(session: LiveSession, bodies: Bodies) -> list[Reply]:
    """Requests with no credential, with a made-up one, and with the session's own token."""
    ways = [
        session.sessions.using(None),
        session.sessions.bearing(f"{bodies.new_name()}-nobody"),
        session.sessions.bearing(session.token),
    ]
    return [
        reply
        for way in ways
        for reply in (
            way.create(bodies.minimal(type=OMITTED)),
            way.retrieve(session.id),
            way.update(session.id, {}),
            way.close(session.id, {}),
        )
    ]


def open_life(session: LiveSession) -> list[Reply]:
    """An open session as it was made, is read and is changed."""
    sessions = session.sessions
    return [
        session.created,
        *(sessions.retrieve(address) for address in session.addresses),
        sessions.update(session.id, {"tags": ["t"], "metadata": {"m": [1, None]}}),
        sessions.update(session.id, {"tags": [], "metadata": None}),
        sessions.update(session.id, {}),
        *(sessions.retrieve(address) for address in session.addresses),
    ]


def ended_life(session: LiveSession, reason: Body) -> list[Reply]:
    """A session as it is closed, closed again and read afterwards."""
    sessions = session.sessions
    return [
        sessions.close(session.id, reason),
        *(sessions.close(address, {"reason": "once more"}) for address in session.addresses),
        sessions.close(session.id, {}),
        *(sessions.retrieve(address) for address in session.addresses),
    ]

"""Sessions that checks share, with texts in them that nothing else holds."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import OMITTED, Bodies, Body
from suites.trigger.support.known_sessions import row_now, seen_open
from tck.checking import VISIBLE_WITHIN, Check, NotTested, Reply, eventually

FOUND = 200
SOON_AFTER = 1.0
"""Seconds within which a session that is found by its id is found by its externalId, too."""
WITH_NAME = "with-external-id"
WITHOUT_NAME = "without-external-id"
for_both_kinds = pytest.mark.parametrize("kind", [WITH_NAME, WITHOUT_NAME])
"""Runs a check on a session that has an externalId and on one that has none."""


def mark_of(bodies: Bodies) -> str:
    """A text that stands nowhere else, and that no address of the run holds."""
    return f"m{hashlib.sha256(bodies.new_name().encode()).hexdigest()[:20]}"


def marked(bodies: Bodies, **changes: Any) -> Body:
    """A complete body with a mark of its own in each member that a refusal might give away."""
    mark = mark_of(bodies)
    free = {
        "tags": [bodies.run.tag, f"{mark}-tag"],
        "metadata": {"kept": f"{mark}-metadata", "list": [1, {}]},
    }
    body = bodies.complete(**free, **changes)
    body["triggerConfig"] = {**body["triggerConfig"], "basePayload": {"chatId": f"{mark}-payload"}}
    return body


@dataclass(frozen=True)
class SharedSessions:
    """Makes each kind of session once a process, and hands it to the check that is running."""

    rack: dict[str, LiveSession]
    sessions: Sessions
    bodies: Bodies
    make: Callable[[Body], LiveSession]

    def fresh(self, kind: str = WITH_NAME) -> LiveSession:
        """A session that is not shared."""
        return self.make(marked(self.bodies, **({} if kind == WITH_NAME else {"externalId": OMITTED})))

    def open(self, kind: str = WITH_NAME) -> LiveSession:
        """An open session of this kind; another one is made when a target has let a check close it."""
        session = self.shared(f"open-{kind}", lambda: self.fresh(kind))
        if not seen_open(session) and not row_now(session)["closedAt"].is_null:
            del self.rack[f"open-{kind}"]
            session = self.shared(f"open-{kind}", lambda: self.fresh(kind))
        return session

    def closed(self, kind: str = WITH_NAME) -> LiveSession:
        """A closed session of this kind."""
        return self.shared(f"closed-{kind}", lambda: closed(self.fresh(kind), mark_of(self.bodies)))

    def shared(self, name: str, make: Callable[[], LiveSession]) -> LiveSession:
        """The shared session of this name."""
        kept = self.rack.get(name)
        session = kept.seen_by(self.sessions) if kept else make()
        self.rack[name] = session
        return session


def in_view(session: LiveSession) -> LiveSession:
    """The session once a retrieve by each address finds it, or the wait for a lagging read is over."""
    for address, within in zip(session.addresses, (VISIBLE_WITHIN, SOON_AFTER), strict=False):
        eventually(partial(session.sessions.retrieve, address), lambda reply: reply.status == FOUND, within)
    with suppress(NotTested):
        row_now(session)
    return session


def updated(check: Check, session: LiveSession, body: Body, address: str = "") -> Reply:
    """The reply to an accepted update of the owner's, once a read shows it; a positive control."""
    reply = session.sessions.update(address or session.id, body)
    check.control(reply, judged_by="update.answers-200")
    session.eventually_shows_written(reply)
    return reply


def closed(session: LiveSession, reason: str) -> LiveSession:
    """The session after a close that a read shows; a precondition."""
    reply = session.sessions.close(session.id, {"reason": reason})
    if (
        not reply.succeeded
        or session.eventually_shows(lambda row: not row["closedAt"].is_null)["closedAt"].is_null
    ):
        raise NotTested(
            f"close answered {reply.status} and set no closedAt", judged_by="close.sets-closed-at"
        )
    return session


def shared(
    shelf: dict[str, LiveSession], name: str, make: Callable[[], LiveSession], sessions: Sessions
) -> LiveSession:
    """The session that a module's checks share under this name, made anew once it is closed or lost."""
    kept = shelf.get(name)
    if kept is None or not _as_made(kept.seen_by(sessions)):
        shelf[name] = make()
    return shelf[name].seen_by(sessions)


def _as_made(session: LiveSession) -> bool:
    if seen_open(session):
        return True
    reply = session.sessions.retrieve(session.id)
    found = reply.status == 200 and reply.is_object
    return found and reply["closedAt"].is_null and reply["externalId"] == session.sent.get("externalId")

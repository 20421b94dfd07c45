"""What this process has heard of sessions: none is looked at in vain, or made where one is left over."""

import json
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from suites.trigger.support.api import LiveSession, Sessions, path_of
from suites.trigger.support.bodies import Body
from tck.checking import Check, Reply, Row
from tck.run import Run

ENDS_NONE = frozenset({"retrieveSession", "updateSession"})
"""Operations that leave sessions open which they do not name."""
OF_A_CHECK = "::"
"""What stands in the name of a check, and not in that of what is made for several."""


@dataclass(frozen=True)
class KnownSessions:
    """The sessions that this process made, and what retrieves by id showed last; hears every reply.

    A create, a close or a request for no operation may have ended any session. Any request but a retrieve may
    have changed a row, and so may what is sent side by side.
    """

    by_path: dict[str, Any] = field(default_factory=dict)
    """What was shown since any may have ended, by the path of the id."""
    rows: dict[tuple[str | None, str], Reply] = field(default_factory=dict)
    """The retrieves since any row may have changed, by Authorization and path."""
    made: dict[str, tuple[str, Reply]] = field(default_factory=dict)
    """The creates that this process sent, each with its check, by the path of the id."""
    closed: set[str] = field(default_factory=set)
    """The paths of which a close was asked."""

    def __call__(self, check: Check, reply: Reply) -> None:
        """Take note of a reply, unless a check is shown again what another one has asked for."""
        if reply.exchange not in check.exchanges:
            return
        call, alone = reply.call, threading.current_thread() is threading.main_thread()
        shown = reply.parsed if reply.succeeded and reply.is_object else {}
        if call.operation not in ENDS_NONE:
            self.by_path.clear()
        elif call.operation == "retrieveSession" and call.credential == "key":
            self.by_path[call.path] = shown
        elif shown.get("closedAt") is not None:
            self.by_path.pop(path_of(str(shown.get("id"))), None)
        if call.operation != "retrieveSession" or not alone:
            self.rows.clear()
        elif shown:
            self.rows[call.authorization, call.path] = reply
        if call.operation == "createSession" and shown.get("isCached") is False and _sent_an_object(reply):
            self.made.setdefault(path_of(str(shown.get("id"))), (check.node, reply))
        if call.operation == "closeSession":
            self.closed.add(call.path.removesuffix("/close"))

    def knows(self, session: LiveSession) -> bool:
        """Whether a session was seen last as an open one with its name."""
        shown = self.by_path.get(path_of(session.id), {})
        as_made = shown.get("id") == session.id and shown.get("externalId") == session.sent.get("externalId")
        return as_made and shown.get("closedAt") is None

    def row_of(self, session: LiveSession) -> Reply | None:
        """The retrieve by id that shows the row of a session as it is; None where nothing is known of it.

        Nothing is known of what was made for the checks of all processes.
        """
        path = path_of(session.id)
        own = OF_A_CHECK in self.made.get(path, ("",))[0]
        return self.rows.get((session.sessions.authorization, path)) if own else None

    def left_open(self, sessions: Sessions, in_use: Collection[str]) -> Iterable[LiveSession]:
        """The sessions of checks that are over which nobody has closed, and whose ids are not in use."""
        for path, (node, reply) in list(self.made.items()):
            session = LiveSession(reply.noted_by(sessions.check.note), sessions)
            over = OF_A_CHECK in node and node != sessions.check.node
            own = reply.call.authorization == sessions.authorization and session.id not in in_use
            if over and own and not self.closed & {path, *map(path_of, session.addresses)}:
                yield session


def seen_open(session: LiveSession) -> bool:
    """Whether nobody needs to look whether a session is still open, as reads do not lag and one showed it."""
    known = any(one.knows(session) for one in _known_to(session.sessions.run))
    if not known or session.sessions.run.patience.lag:
        return False
    session.was_seen()
    return True


def row_now(session: LiveSession) -> Row:
    """The row as a read shows it; where nothing was sent since the last read, that of the last one."""
    found = (one.row_of(session) for one in _known_to(session.sessions.run))
    known = next(filter(None, found), None)
    if known is None or session.sessions.run.patience.lag:
        return session.read()
    session.was_seen()
    return known.noted_by(session.sessions.check.note).row


def left_over(
    sessions: Sessions, in_use: Collection[str], fits: Callable[[Body], bool]
) -> LiveSession | None:
    """An open session that an earlier check has made and no longer needs, of a body that fits; None without.

    It is the caller's from then on. Where reads lag, every check makes its own.
    """
    if sessions.run.patience.lag:
        return None
    for known in _known_to(sessions.run):
        for session in known.left_open(sessions, in_use):
            if fits(dict(session.sent)):
                known.made[path_of(session.id)] = (sessions.check.node, session.created)
                sessions.retrieve(session.id)
                return session if known.knows(session) else None
    return None


def _sent_an_object(reply: Reply) -> bool:
    """Whether a create sent JSON by which its session can be known; a faulty target may take anything."""
    try:
        return isinstance(json.loads(reply.call.body or b""), dict)
    except (ValueError, RecursionError):
        return False


def _known_to(run: Run) -> list[KnownSessions]:
    return [one for one in run.monitors if isinstance(one, KnownSessions)]

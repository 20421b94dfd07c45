"""The sessions that generated requests are sent to: made by the check itself, and anew when one is spoilt."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import RLock
from urllib.parse import quote

from suites.trigger.support.api import COLLECTION, LiveSession, Sessions, made, path_of
from suites.trigger.support.bodies import Bodies
from tck.checking import Mismatch, NotTested, Reply, Row

SPOILT = 12
"""How many more sessions than planned a check may make in place of spoilt ones."""


class SessionKind(StrEnum):
    """Which session stands at a place."""

    OPEN = "an open session"
    QUIET = "an open session that nothing valid is sent to"
    CLOSED = "a closed session"
    NEW = "a session just made"
    NOBODY = "an address that nobody has"
    ALL = "all sessions"


class By(StrEnum):
    """How it is addressed."""

    ID = "id"
    EXTERNAL_ID = "externalId"
    HEX = "externalId, every byte percent-encoded"


@dataclass(frozen=True)
class Place:
    """Where a request is sent."""

    kind: SessionKind
    by: By = By.ID

    def __str__(self) -> str:
        return (
            self.kind
            if self.kind in (SessionKind.NOBODY, SessionKind.ALL)
            else f"{self.kind} by its {self.by}"
        )


@dataclass(frozen=True)
class PooledSession:
    """A session of the check, and its row as a retrieve showed it once it was made."""

    live: LiveSession
    row: Row

    @property
    def closed(self) -> bool:
        """Whether it was closed then."""
        return not self.row["closedAt"].is_null


@dataclass(frozen=True)
class Stand:
    """A place as it is when something is sent there; `name` is one for a session that the request may make.

    `after` is what a retrieve answered afterwards, `changed` what a refused request changed all the same.
    """

    path: str
    name: str
    known: PooledSession | None = None
    after: Reply | None = None
    changed: Mismatch | None = None


@dataclass
class Places:
    """Keeps one session of each kind for a check; `limit` is how many it may make."""

    sessions: Sessions
    bodies: Bodies
    new_name: Callable[[], str]
    limit: int
    _kept: dict[SessionKind, PooledSession] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def renewed(self) -> "Places":
        """The same places with no session yet."""
        return replace(self, _kept={})

    def stand(self, where: Place, tail: str = "", suffix: str = "") -> Stand:
        """The place as it is now; a session is made for it when there is none."""
        name = self.new_name()
        if where.kind is SessionKind.ALL:
            return Stand(COLLECTION, name)
        if where.kind is SessionKind.NOBODY:
            return Stand(path_of(name) + tail + suffix, name)
        known = self.known(where.kind)
        return Stand(_path(known, where.by) + suffix, name, known)

    def known(self, kind: SessionKind) -> PooledSession:
        """The session of a kind."""
        if kind is SessionKind.NEW:
            return self._make(kind)
        with self._lock:
            found = self._kept.get(kind)
            if found is None:
                found = self._kept[kind] = self._make(kind)
            return found

    def forget(self, known: PooledSession) -> None:
        """Use a session no more: something has changed it that should not have."""
        with self._lock:
            self._kept = {kind: kept for kind, kept in self._kept.items() if kept is not known}

    def _make(self, kind: SessionKind) -> PooledSession:
        if len(self._made) >= self.limit + SPOILT:
            raise NotTested(
                "too many of the sessions that were made for generated requests were spoilt by them"
            )
        self._made.append(kind)
        live = made(self.sessions, self.bodies.complete(externalId=self.new_name()))
        if kind is SessionKind.CLOSED:
            reply = live.sessions.close(live.id, {"reason": "done"})
            if not reply.succeeded:
                raise NotTested(f"close answered {reply.status}", judged_by="close.answers-200")
        row = live.eventually_shows(lambda row: row["closedAt"].is_null is not (kind is SessionKind.CLOSED))
        self.sessions.run.patience.wait(
            lambda: live.sessions.retrieve(live.external_id), lambda reply: reply.succeeded
        )
        return PooledSession(live, row)


def _path(known: PooledSession, by: By) -> str:
    if by is By.HEX:
        return f"{COLLECTION}/" + "".join(f"%{byte:02x}" for byte in known.live.external_id.encode())
    return path_of(known.live.id if by is By.ID else known.live.external_id)


def percent_encoded(raw: bytes) -> str:
    """Bytes as they stand in a path."""
    return quote(raw, safe="")

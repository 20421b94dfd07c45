"""What this process saw last of the sessions that its checks share, so that none is looked at in vain."""

from dataclasses import dataclass, field
from typing import Any

from suites.trigger.support.api import LiveSession, path_of
from tck.checking import Check, Reply
from tck.run import Run

ENDS_NONE = frozenset({"retrieveSession", "updateSession"})
"""Operations that leave sessions open which they do not name."""


@dataclass(frozen=True)
class SeenOpen:
    """The sessions that the latest retrieve by id showed open; hears every reply of the process.

    A create, a close or a request for no operation may have ended any of them: then all are forgotten.
    """

    by_path: dict[str, Any] = field(default_factory=dict)
    """What was shown, by the path of the id."""

    def __call__(self, check: Check, reply: Reply) -> None:  # noqa: ARG002 - the form of monitors
        """Take note of a reply."""
        path, shown = reply.call.path, reply.parsed if reply.answered == 200 and reply.is_object else {}
        if reply.call.operation not in ENDS_NONE:
            self.by_path.clear()
        elif reply.call.operation == "retrieveSession" and reply.call.credential == "key":
            self.by_path[path] = shown
        elif shown.get("closedAt") is not None:
            self.by_path.pop(path_of(str(shown.get("id"))), None)

    def knows(self, session: LiveSession) -> bool:
        """Whether a session was seen last as an open one with its name."""
        shown = self.by_path.get(path_of(session.id), {})
        as_made = shown.get("id") == session.id and shown.get("externalId") == session.sent.get("externalId")
        return as_made and shown.get("closedAt") is None


def seen_open(session: LiveSession) -> bool:
    """Whether nobody needs to look whether a session is still open, as reads do not lag and one showed it."""
    run: Run = session.sessions.run
    known = any(one.knows(session) for one in run.monitors if isinstance(one, SeenOpen))
    if not known or run.patience.lag:
        return False
    session.was_seen()
    return True

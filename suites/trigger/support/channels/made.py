"""Logs that checks make: of new sessions, and those that they share."""

from collections.abc import Callable
from dataclasses import dataclass

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.channels.api import IN, OUT, Channels
from suites.trigger.support.channels.logs import Log

NewLog = Callable[..., Log]
RECORDS = 12
"""Records of the log that checks share: more than small pages hold."""


@dataclass(frozen=True)
class SharedLogs:
    """Makes a session with filled logs once a process; no check appends to it anything that is accepted."""

    shelf: dict[str, Log]
    sessions: Sessions
    channels: Channels
    make: Callable[[], LiveSession]

    def filled(self, io: str = IN) -> Log:
        """The log with its records, which are acknowledged; a precondition."""
        if io not in self.shelf:
            self.shelf[io] = self._filled(io)
        kept = self.shelf[io].seen_by(self.channels)
        kept.session = kept.session.seen_by(self.sessions)
        return kept

    def _filled(self, io: str) -> Log:
        other = self.shelf.get(OUT if io == IN else IN)
        log = Log(other.session.seen_by(self.sessions) if other else self.make(), self.channels, io)
        for number in range(RECORDS):
            log.add(f'{{"kept in": "{io}", "number": {number}}}' if number % 2 else f"kept in {io}, {number}")
        return log

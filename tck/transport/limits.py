"""Promises on how much a run may send, kept by all workers together."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from tck.errors import KitError
from tck.unjudged import NotTested


class Spent(NotTested):
    """A limit of the run is reached."""


@dataclass(frozen=True)
class Counter:
    """A count shared by processes: two files that grow by one byte a step up or down, atomically."""

    path: Path

    def step(self, limit: int | None = None) -> bool:
        """Count one more, unless that would exceed the limit; whoever raced for the last one may lose it."""
        down = _size(self._down)  # before growing: what others take back meanwhile must not make room
        if _grown(self.path) - down <= (math.inf if limit is None else limit):
            return True
        self.back()
        return False

    def back(self) -> None:
        _grown(self._down)

    @property
    def count(self) -> int:
        return _size(self.path) - _size(self._down)

    @property
    def _down(self) -> Path:
        return self.path.with_suffix(".back")


def _grown(path: Path) -> int:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, b".")
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@dataclass(frozen=True)
class Budget:
    """How many requests and sessions a run may make; None means no limit."""

    requests: Counter
    sessions: Counter
    max_requests: int | None = None
    max_sessions: int | None = None

    def spend_request(self, closing: bool = False) -> None:
        """Count one request; raises Spent when the run may send no more.

        One request for each session made is kept back, so that it can be closed.
        """
        limit = self.max_requests
        if limit is not None and not closing:
            limit -= self.sessions.count
        try:
            allowed = self.requests.step(limit)
        except OSError:  # a full disk keeps no session open
            if not closing:
                raise
        else:
            if not allowed:
                raise Spent(f"the budget of {_told(self.max_requests, 'request')} is spent (--max-requests)")

    def spend_session(self) -> None:
        """Count one session about to be made; raises Spent when the run may make no more."""
        if not self.sessions.step(self.max_sessions):
            raise Spent(f"the budget of {_told(self.max_sessions, 'session')} is spent (--max-sessions)")

    @property
    def broken(self) -> Counter:
        """The creates among those counted of which nobody knows yet whether they made a session."""
        return Counter(self.sessions.path.with_name(f"{self.sessions.path.name}-broken"))

    @property
    def made(self) -> int:
        """The sessions that are known to have been made."""
        return max(0, self.sessions.count - self.broken.count)

    def known(self) -> None:
        """Note that it is known of one more create whether it made a session, if that was in doubt."""
        if self.broken.count > 0:
            self.broken.back()

    def no_session(self) -> None:
        """Take back a session that was counted and is known not to have been made."""
        self.sessions.back()


def _told(number: int | None, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


LONGEST_TIMEOUT = 600
"""Seconds that one request may be given."""


LONGEST_PATIENCE = 3600
"""Seconds that a run may wait for a target that went away."""


def read_patience(text: str) -> float:
    """The value of --patience; raises KitError for anything that is none."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_PATIENCE:
        raise KitError(f"--patience takes seconds from 0 to {LONGEST_PATIENCE}, not {text!r}.")
    return seconds


def read_seconds(text: str) -> float:
    """The value of --request-timeout; raises KitError for anything that is none."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise KitError(f"--request-timeout takes seconds between 0 and {LONGEST_TIMEOUT}, not {text!r}.")
    return seconds

"""Promises on how much a run may send, kept by all workers together."""

import math
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tck.errors import KitError, NotTested

_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)/(s|m|h)", re.ASCII)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


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
        """Count one less."""
        _grown(self._down)

    @property
    def count(self) -> int:
        """The count by now."""
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
        """Count one request; raises NotTested when the run may send no more.

        One request for each session made is kept back, so that it can be closed.
        """
        limit = self.max_requests
        if limit is not None and not closing:
            limit -= self.sessions.count
        if not self.requests.step(limit):
            raise NotTested(f"the budget of {self.max_requests} requests is spent (--max-requests)")

    def spend_session(self) -> None:
        """Count one session about to be made; raises NotTested when the run may make no more."""
        if not self.sessions.step(self.max_sessions):
            raise NotTested(f"the budget of {self.max_sessions} sessions is spent (--max-sessions)")

    def no_session(self) -> None:
        """Take back a session that was counted and is known not to have been made."""
        self.sessions.back()


def parse_rate(text: str) -> float:
    """Requests per second from a text such as 10/s, 300/m; raises KitError for anything else."""
    match = _RATE.fullmatch(text)
    if match is None or float(match[1]) <= 0:
        raise KitError(f"--rate-limit takes a number of requests over s, m or h, such as 10/s, not {text!r}.")
    return float(match[1]) / _SECONDS[match[2]]


@dataclass
class Pacer:
    """Spreads the requests of one process evenly; `per_second` None means as fast as they come."""

    per_second: float | None
    clock: Callable[[], float] = time.monotonic
    _next: float = 0.0
    _free: int = 0
    _lock: Lock = field(default_factory=Lock)

    def burst(self, requests: int) -> float:
        """Seconds to wait before this many requests, but no more than one second's worth, may go at once."""
        if self.per_second is None:
            return 0.0
        with self._lock:
            self._free = min(requests, max(1, int(self.per_second)))
            now = self.clock()
            start = max(now, self._next) + (self._free - 1) / self.per_second
            self._next = start + 1.0 / self.per_second
            return start - now

    def turn(self) -> float:
        """Seconds to wait before the next request may go."""
        if self.per_second is None:
            return 0.0
        with self._lock:
            if self._free:
                self._free -= 1
                return 0.0
            now = self.clock()
            start = max(now, self._next)
            self._next = start + 1.0 / self.per_second
            return start - now

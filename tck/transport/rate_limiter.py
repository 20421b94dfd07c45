"""`--rate-limit`: an even pace over all processes of a run."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from tck.errors import KitError

_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)/(s|m|h)", re.ASCII)


_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


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

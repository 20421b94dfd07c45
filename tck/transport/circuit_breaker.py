"""When a target that stopped answering is left alone, and when it is tried again."""

import time
from collections.abc import Callable
from dataclasses import dataclass

FAILURES_IN_A_ROW = 5
"""Requests in a row without an answer that says anything, after which the target counts as gone."""


PROBE_EVERY = 20.0
"""Seconds between two looks at a target that counts as gone."""


@dataclass
class Outage:
    """Counts failures in a row; a target that counts as gone is looked at only now and then."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    _next_look: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the target counts as gone."""
        return self.failures >= FAILURES_IN_A_ROW

    def failed(self) -> None:
        self.failures += 1
        self._next_look = self.clock() + PROBE_EVERY

    def answered(self) -> None:
        """A request brought a reply."""
        self.failures = 0

    @property
    def may_look(self) -> bool:
        """Whether it is time to look at a gone target again."""
        return self.clock() >= self._next_look

    def look_now(self) -> None:
        """Let the next request look again at once."""
        self._next_look = 0.0

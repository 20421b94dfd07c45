"""The one place of the kit that waits; every bound stands in this table."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

VISIBLE_WITHIN = 5.0
"""Seconds within which a write must be visible to a read."""
PATIENCE = 60.0
"""Seconds that one request may spend obeying 429 and 503 replies."""
PAUSE = 0.05
"""Seconds between two looks."""
LONGEST_WAIT = 30.0
"""Seconds that a check may wait for the target's clock."""

QUIET_WITHIN = 120.0
"""Seconds that the check which restarts the target waits for the other checks to end."""
RESTARTED_WITHIN = 60.0
"""Seconds within which a target must answer again after its restart."""

IN_VAIN = 3
"""Waits of one process for a write that was never seen, after which it hurries."""
HURRIED = 0.2
"""Seconds that it waits then: the target loses writes, and hundreds of full waits would take hours."""

LAST_REQUEST = 2.0
"""Seconds after the last entry of a killed run's ledger until the request under way counts as over."""
ORPHANS = 30.0
"""Seconds within which the workers of a killed run end."""


@dataclass(frozen=True)
class Waited(Generic[T]):
    """What was looked at last, whether it held, and after how many seconds."""

    value: T
    held: bool
    delay: float
    looks: int


def pause(seconds: float) -> None:
    """Wait; whoever calls this bounds it by the table above."""
    if seconds > 0:
        time.sleep(seconds)


def eventually(look: Callable[[], T], holds: Callable[[T], bool], within: float | None = None) -> Waited[T]:
    """Look until it holds or `within` seconds (VISIBLE_WITHIN) have passed; the first look is at once."""
    within = VISIBLE_WITHIN if within is None else within
    started = time.monotonic()
    looks = 0
    while True:
        value = look()
        looks += 1
        delay = time.monotonic() - started
        if holds(value):
            return Waited(value, True, delay, looks)
        if delay >= within:
            return Waited(value, False, delay, looks)
        pause(PAUSE * looks)


@dataclass
class ReadPatience:
    """How long a process waits for writes to be seen: the full time, unless several were never seen."""

    in_vain: int = 0

    def wait(self, look: Callable[[], T], holds: Callable[[T], bool]) -> Waited[T]:
        """Look until it holds, or until it is no longer worth waiting."""
        waited = eventually(look, holds, VISIBLE_WITHIN if self.in_vain < IN_VAIN else HURRIED)
        self.in_vain += not waited.held
        return waited

"""The one place of the kit that waits; every bound stands in this table."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

VISIBLE_WITHIN = 5.0
"""Seconds within which a write must be visible to a read."""
LISTED_TIMES = 6
"""How often as long a list of sessions may lag behind writes."""
CLOCKS_DIFFER = 5.0
"""Seconds by which two clocks of one target may differ, in every rule."""
IN_A_ROW = 10
"""Reads by each address that must agree, one after the other, where reads lag behind writes or go back."""
PROBES = 3
"""Writes after which a process reads so often, to find out whether the reads of its target do so."""
PATIENCE = 60.0
"""Seconds that one request may obey 429 and 503 replies, and that a run waits for a target that went away."""
PAUSE = 0.05
"""Seconds between two looks."""
LONGEST_WAIT = 90.0
"""Seconds that a check may wait for the target's clock: a deadline with a minute's notice lies within."""

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
    went_back: bool = False
    """Whether something did not hold any more that had held before."""


def listed_within() -> float:
    """Seconds within which a write must be visible in a list."""
    return LISTED_TIMES * VISIBLE_WITHIN


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


def loaded_wait(look: Callable[[], T], holds: Callable[[T], bool], within: float | None = None) -> Waited[T]:
    """Look until it holds, or a look that began after `within` seconds (VISIBLE_WITHIN) does not show it.

    A target under load may be long in replying, with what was true long ago: a look that began earlier proves
    nothing.
    """
    within = VISIBLE_WITHIN if within is None else within
    started, looks = time.monotonic(), 0
    while True:
        began = time.monotonic() - started
        value = look()
        looks += 1
        held = holds(value)
        if held or began >= within:
            return Waited(value, held, time.monotonic() - started, looks)
        pause(PAUSE * looks)


def steadily(
    look: Callable[[], T], holds: Callable[[T], bool], in_a_row: int, within: float | None = None
) -> Waited[T]:
    """Look until it holds so often in a row, or does not hold when `within` seconds have passed.

    The delay is that until it held for good.
    """
    within = VISIBLE_WITHIN if within is None else within
    started, since = time.monotonic(), 0.0
    looks, misses, held, went_back = 0, 0, 0, False
    while True:
        value = look()
        looks += 1
        delay = time.monotonic() - started
        if holds(value):
            since = since if held else delay
            held += 1
            if held >= in_a_row:
                return Waited(value, True, since, looks, went_back)
            continue
        went_back = went_back or held > 0
        held, misses = 0, misses + 1
        if delay >= within:
            return Waited(value, False, delay, looks, went_back)
        pause(PAUSE * misses)


@dataclass
class ReadPatience:
    """How long a process waits for writes to be seen: the full time, unless several were never seen.

    `lag` is the longest time, in seconds, after which reads have shown a write for good; 0.0 while every read
    has shown every write at once.
    """

    in_vain: int = 0
    lag: float = 0.0
    probes: int = PROBES

    def wait(self, look: Callable[[], T], holds: Callable[[T], bool]) -> Waited[T]:
        """Look until it holds, or until it is no longer worth waiting."""
        return self._counted(eventually(look, holds, self.within))

    def wait_until_steady(
        self, look: Callable[[], T], holds: Callable[[T], bool], in_a_row: int
    ) -> Waited[T]:
        """The same until it holds so often in a row; notes by how long reads lag where they do."""
        waited = self._counted(steadily(look, holds, in_a_row, self.within))
        if waited.held and waited.looks > in_a_row:
            self.lag = max(self.lag, waited.delay)
        return waited

    @property
    def in_doubt(self) -> bool:
        """Whether one read proves nothing: reads lag, or a process has not found out yet."""
        return self.lag > 0 or self.probes > 0

    @property
    def within(self) -> float:
        """Seconds that it waits at most now."""
        return VISIBLE_WITHIN if self.in_vain < IN_VAIN else HURRIED

    def _counted(self, waited: Waited[T]) -> Waited[T]:
        self.in_vain += not waited.held
        return waited

"""Sessions that several users call at the same time, and what their answers must prove together."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tck.checking.check import Check
from tck.cleanup.ledger import Book
from tck.load.plan import Shared
from tck.load.users_run import LoadRun, Ring
from tck.randomized import Event, History, Racer, RoundResult

SHARED = "load::shared session"
"""What findings about such a session name as their check."""
SEATS = 4
"""Users who call one session, its maker among them."""
STEPS = 3
"""Calls of each."""
GATHERING = 0.5
"""Seconds that a session waits for users."""
MOST_UNKNOWN = 1
"""Calls without a clear reply after which a history is not judged: too many orders would explain it."""
LONGEST = 120.0
"""Seconds that its maker waits for the others' calls; without them nothing is judged."""


Aside = Callable[[Callable[[], RoundResult]], RoundResult]
"""Works something out while other users go on."""


@dataclass
class Meeting:
    """A session that users share: its maker opens it, others join, and all begin together."""

    shared: Shared
    events: list[Event[Any]] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    books: list[Book] = field(default_factory=list)
    """What creates of the others have left, which the maker closes."""
    joined: int = 0
    begun: threading.Event = field(default_factory=threading.Event)
    full: threading.Event = field(default_factory=threading.Event)
    over: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def has_room(self) -> bool:
        """Whether another user may join."""
        return not self.begun.is_set() and self.joined < SEATS - 1

    def join(self, run: LoadRun, check: Check, draw: Random, mark: str) -> None:
        """Take a seat, and call together with the others."""
        self.joined += 1
        self.rings.append(run.ring)
        self.books.append(run.ledger.book)
        seat = self.joined
        if self.joined == SEATS - 1:
            self.full.set()
        if self.begun.wait(LONGEST):
            self._call(seat, self.shared.joined(run, check), draw, mark)
            self.over.release()

    def host(
        self, run: LoadRun, draw: Random, mark: str, closed: Callable[[], None], aside: Aside
    ) -> RoundResult | None:
        """Wait for users, call with them, and judge; None where too little is known of what they called.

        `closed` is called when nobody more may join; `aside` works something out while other users go on.
        """
        self.full.wait(GATHERING)
        closed()
        self.begun.set()
        racer = self.shared.racer
        self._call(0, racer, draw, mark)
        for _ in range(self.joined):
            if not self.over.acquire(timeout=LONGEST):
                return None
        if sum(not event.known for event in self.events) > MOST_UNKNOWN:
            return None
        run.beside.extend(self.rings)
        left, lost = racer.left_by(self.events, self.shared.initial, self.shared.addresses[0])
        history = History([*self.events, left], self.shared.initial, self.shared.earlier)
        return aside(lambda: racer.round_result([history], lost, ()))

    def _call(self, seat: int, racer: Racer[Any, Any], draw: Random, mark: str) -> None:
        addresses = self.shared.addresses
        for step in range(STEPS):
            call = self.shared.drawn(draw, f"{mark}.{step}")
            self.events.append(racer.alone(call, addresses[(seat + step) % len(addresses)], seat))

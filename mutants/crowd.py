"""What servers under load share: whether a crowd calls, and how many calls are under way."""

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from reference.application import Application, Call, Operation, Reply

STAYS = 1.0
"""Seconds between calls of a connection that make it one that stays."""
LATELY = 4.0
"""Seconds for which a connection that has called counts."""


class Crowd(Application):
    """Knows whether a crowd calls: many connections that stay, each of a user, as no ordinary run has them.

    In a crowd, every call takes a round trip to a busy database longer, so that many are under way at once.
    """

    MANY = 16
    """Connections beyond which they are a crowd."""
    POOL = 8
    """Calls that are served at once."""
    ROUND_TRIP = 0.1
    """Seconds that a busy database takes to answer."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._called: OrderedDict[Any, tuple[float, float]] = OrderedDict()
        self._staying = 0
        self._counting = Lock()
        self._under_way = 0

    @property
    def crowded(self) -> bool:
        """Whether many connections that stay have called lately."""
        return self._staying > self.MANY

    @property
    def full(self) -> bool:
        """Whether more of a crowd's calls are under way than are served at once."""
        return self.crowded and self._under_way > self.POOL

    def round_trip(self) -> None:
        """Ask the database something; it takes its time in a crowd."""
        if self.crowded:
            time.sleep(self.ROUND_TRIP)

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._note(scope["client"], time.monotonic())
        await super().serve(app, scope, receive, send)

    def _note(self, connection: Any, now: float) -> None:
        """Count a connection, by when it first and last called; this runs in the event loop alone."""
        first, last = self._called.pop(connection, (now, now))
        self._staying += last - first < STAYS <= now - first
        self._called[connection] = (first, now)
        while (oldest := next(iter(self._called.values())))[1] < now - LATELY:
            self._called.popitem(last=False)
            self._staying -= oldest[1] - oldest[0] >= STAYS

    def obey(self, operation: Operation, call: Call) -> Reply:
        with self._counted():
            self.round_trip()
            return super().obey(operation, call)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self._under_way += 1
        try:
            yield
        finally:
            with self._counting:
                self._under_way -= 1

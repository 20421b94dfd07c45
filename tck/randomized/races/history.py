"""What several connections called at the same time, and what each was answered."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Generic, TypeVar

from tck.errors import Indeterminate
from tck.transport.messages import Reply

Operation = TypeVar("Operation")
T = TypeVar("T")


@dataclass(frozen=True)
class Event(Generic[Operation]):
    """One call of one connection, between two instants of one clock in seconds.

    Without a reply it is unknown whether the call ever took effect: it may at any time after its start.
    """

    connection: int
    call: Operation
    reply: Reply | None
    started: float
    ended: float
    lost: str = ""

    @property
    def known(self) -> bool:
        """Whether it was answered."""
        return self.reply is not None

    def forgotten(self) -> "Event[Operation]":
        """The same call as if its answer had never come."""
        return replace(self, reply=None, ended=inf)

    def began_earlier(self, seconds: float) -> "Event[Operation]":
        """The same call as if it had begun that much earlier."""
        return replace(self, started=self.started - seconds)


def record(connection: int, call: Operation, send: Callable[[], Reply]) -> Event[Operation]:
    """Send a call and note when it began and ended; an answer that says nothing is a lost one."""
    started = time.perf_counter()
    try:
        reply = send()
    except Indeterminate as weather:
        return Event(connection, call, None, started, inf, str(weather))
    return Event(connection, call, reply, started, time.perf_counter())


def doubtful(event: Event[Operation]) -> bool:
    """Whether an earlier try of the call may have taken effect as well."""
    return event.reply is not None and event.reply.doubtful


def strained(events: Sequence[Event[Operation]]) -> bool:
    """Whether the target asked for patience."""
    return any(event.reply is None or event.reply.retries for event in events)


def with_earlier_tries(events: Sequence[Event[Operation]]) -> list[Event[Operation]]:
    """The events, and an unanswered one for each call of which an earlier try may have taken effect."""
    return [*events, *(event.forgotten() for event in events if doubtful(event))]


def overlapping(events: Sequence[Event[Operation]]) -> bool:
    """Whether any two of the calls were under way at the same time."""
    ordered = sorted(events, key=lambda event: event.started)
    latest = -inf
    for event in ordered:
        if event.started < latest:
            return True
        latest = max(latest, event.ended)
    return False


def together(actions: Sequence[Callable[[], T]]) -> list[T]:
    """Run the actions at once, each in a thread of its own; what the first of them raised is raised again."""
    barrier = threading.Barrier(len(actions))
    results: dict[int, T] = {}
    failures: dict[int, BaseException] = {}

    def run(place: int, action: Callable[[], T]) -> None:
        barrier.wait()
        try:
            results[place] = action()
        except BaseException as failure:  # noqa: BLE001 - it is raised again by the caller's thread
            failures[place] = failure

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[min(failures)]
    return [results[place] for place in range(len(actions))]

"""Subscribers that listen while a check goes on, and those that go on after a broken connection."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from types import TracebackType
from typing import Self

from suites.trigger.support.channels.api import Channels, Enough
from suites.trigger.support.channels.framings import NoFraming, heard_in, numbers_in, records_in
from suites.trigger.support.channels.logs import Log, subscribed
from tck.checking import Append, Broken, Fate, Listened, LogRecord, Reading, RecordLog, Reply, StreamEvent

SOON = 2.0
"""Seconds after its acknowledgement within which a subscriber should be shown a record."""
ALLOWANCE = 1.0
"""Seconds of the Timeout-Seconds within which a stream should end."""
IDLE = 30
"""Idle subscribers."""
MOST_TIMES = 5
"""Records for each that was appended after which a stream that repeats them is left."""


class Awaited:
    """Enough for a subscriber: that it was shown all of these texts."""

    def __init__(self, texts: Collection[str]) -> None:
        self._known = RecordLog(tuple(Append(text, Fate.UNKNOWN) for text in texts))
        self.left = set(texts)

    def __call__(self, event: StreamEvent) -> bool:
        """Whether none of them is missing after this event."""
        try:
            self.left -= {self._known.text_of(record) or "" for record in records_in(event)}
        except NoFraming:
            return True
        return not self.left


Way = tuple[str, Channels, int | None]
"""How to subscribe: an address, a caller, and the number to go on from."""


@dataclass
class Listening:
    """`with Listening(log, texts):` so many subscribers listen till each was shown these texts.

    They take turns in the `ways`; by default by the id, as the caller of the log, from the start. The block
    begins when each has been shown something, has ended, or has listened `within` seconds. `accepted` raises
    where a subscription was refused.
    """

    log: Log
    texts: Collection[str]
    subscribers: int = 1
    ways: Sequence[Way] = ()
    within: float = 0.0
    accepted: Callable[[Reply], object] = subscribed
    every: list[Listened] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _failures: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Self:
        connected = threading.Semaphore(0)
        self._threads = [
            threading.Thread(target=self._listen, args=(connected, *way), daemon=True)
            for way in islice(
                cycle(self.ways or [(self.log.session.id, self.log.channels, None)]), self.subscribers
            )
        ]
        for thread in self._threads:
            thread.start()
        for _ in self._threads:
            connected.acquire(timeout=self.within or self.log.channels.patience)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for thread in self._threads:
            thread.join()
        if kind is None and self._failures:
            raise self._failures[0]

    @property
    def heard(self) -> Listened:
        """What the first subscriber was shown."""
        return self.every[0]

    def _listen(
        self, connected: threading.Semaphore, address: str, channels: Channels, after: int | None
    ) -> None:
        awaited, shown = Awaited(self.texts), iter([True])

        def enough(event: StreamEvent) -> bool:
            if next(shown, False):
                connected.release()
            return awaited(event)

        try:
            one = channels.subscribe(address, self.log.io, after, enough=enough)
            self.accepted(one.reply)
            self.every.append(one)
        except BaseException as failure:  # noqa: BLE001 - it is raised again by the thread of the check
            self._failures.append(failure)
        finally:
            connected.release()

    def delays(self, appends: Sequence[Append]) -> list[float]:
        """Seconds from the acknowledgement of each append to its arrival, of those that arrived."""
        arrived: dict[str, float] = {}
        for event in self.heard.events:
            for record in records_in(event):
                text = self.log.model.text_of(record)
                arrived.setdefault(text or "", event.at)
        ends = time.perf_counter() - time.monotonic()
        return [arrived[one.text] - (one.ended - ends) for one in appends if one.text in arrived]


def heard_in_pieces(log: Log, last: int, events: int) -> Reading:
    """What a subscriber is shown up to a number that hangs up after so many events, again and again."""
    records: list[LogRecord] = []
    exchanges: list[str] = []
    after: int | None = None
    while after is None or after < last:
        listened = log.channels.subscribe(log.session.id, log.io, after, enough=_up_to(last, events))
        subscribed(listened.reply)
        piece = heard_in(listened, "a subscriber in pieces", after)
        exchanges += piece.exchanges
        if not piece.records:
            said = (
                f"a subscriber that goes on after record {after} is not shown what follows ({listened.end})"
            )
            raise Broken(said, f"records up to {last}", "no record", listened.exchange)
        records += piece.records
        after = max(piece.numbers)
        if len(records) > 10 * (last + 2):
            break
    return Reading("a subscriber in pieces", tuple(records), tuple(exchanges))


def _up_to(last: int, events: int) -> Enough:
    """Enough is the record with this number, or so many events."""
    left = count(1)

    def enough(event: StreamEvent) -> bool:
        numbers = numbers_in(event)
        return bool(numbers) and (next(left) >= events or max(numbers) >= last)

    return enough


def listen_to_all(log: Log, texts: Collection[str]) -> Reading:
    """What a subscriber from the start is shown until it was shown all of these texts."""
    listened = log.channels.subscribe(log.session.id, log.io, enough=Awaited(texts))
    subscribed(listened.reply)
    return heard_in(listened, "a subscriber")


def listen_in_pieces(log: Log, texts: Collection[str], events: int) -> Reading:
    """The same of one that hangs up after so many events, and goes on behind the last number it was shown."""
    records: list[LogRecord] = []
    exchanges: list[str] = []
    after: int | None = None
    awaited = Awaited(texts)
    while awaited.left:
        left = count(1)

        def enough(event: StreamEvent, left: Iterator[int] = left) -> bool:
            return awaited(event) or (bool(numbers_in(event)) and next(left) >= events)

        listened = log.channels.subscribe(log.session.id, log.io, after, enough=enough)
        subscribed(listened.reply)
        piece = heard_in(listened, after=after)
        exchanges += piece.exchanges
        if not piece.records or len(records) > MOST_TIMES * len(texts):
            break
        records += piece.records
        after = max(piece.numbers)
    return Reading("a subscriber that goes on after cuts", tuple(records), tuple(exchanges))


def arrivals(log: Log) -> float:
    """Seconds that a drain and a subscription to the first record of a log take together."""
    started = time.monotonic()
    first = log.drained().numbers[0]
    subscribed(log.channels.subscribe_until(log.session.id, log.io, first).reply)
    return time.monotonic() - started

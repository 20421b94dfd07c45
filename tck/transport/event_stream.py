"""Listens to a stream of server-sent events within bounds of time and size, whatever the target sends."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import httpx
from httpx_sse import EventSource

from tck.recording.exchange import EVENT_STREAM
from tck.transport.body_reader import NOT_PACKED
from tck.transport.messages import Reply

MOST_BYTES = 8 * 1024 * 1024
"""Bytes of one stream that are read."""
MOST_EVENTS = 10_000
"""Events of one stream that are read."""
MARK = b"\xef\xbb\xbf"
"""The byte order mark, with which a stream may begin."""


class End(StrEnum):
    """Why the kit listens no longer."""

    ENOUGH = "the kit had seen enough"
    CLOSED = "the target ended the stream"
    OVER = "the time to listen was over"
    BROKEN = "the connection broke"
    TOO_MUCH = "the stream was longer than the kit reads"


@dataclass(frozen=True)
class StreamEvent:
    """One event with data, as dispatched by the rules of server-sent events.

    `id` is the last id that the stream has named; `at` is when it came, by the monotonic clock.
    """

    event: str
    id: str
    data: str
    at: float


Enough = Callable[[StreamEvent], bool]


@dataclass(frozen=True)
class Listened:
    """What came of one subscription: the reply with all that was read of its body, and the events in it.

    `started` and `ended` are instants of the monotonic clock. A reply that is no stream has no events.
    """

    reply: Reply
    events: tuple[StreamEvent, ...]
    end: End
    started: float
    ended: float

    @property
    def exchange(self) -> str:
        """The id under which it was recorded."""
        return self.reply.exchange


class TooMuch(ValueError):  # noqa: N818 - an outcome
    """The stream is longer than the kit reads."""


@dataclass
class Tap(httpx.SyncByteStream):
    """The bytes of a response as they come, kept and counted; raises TooMuch."""

    inner: httpx.SyncByteStream
    kept: bytearray = field(default_factory=bytearray)

    def __iter__(self) -> Iterator[bytes]:
        begun = False
        for part in self.inner:
            self.kept += part
            if len(self.kept) > MOST_BYTES:
                raise TooMuch
            if begun or len(self.kept) >= len(MARK):
                yield part if begun else bytes(self.kept).removeprefix(MARK)
                begun = True
        if not begun:
            yield bytes(self.kept)

    def close(self) -> None:
        self.inner.close()


def is_stream(response: httpx.Response) -> bool:
    """Whether a response is a stream of events that can be read as it comes."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    packing = response.headers.get("content-encoding", "").strip().lower()
    return response.is_success and media_type == EVENT_STREAM and packing in NOT_PACKED


@dataclass
class Stream:
    """One stream while it is read; what came stays when reading ends, in whatever way."""

    enough: Enough
    events: list[StreamEvent] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    begun: bool = False

    def read(self, response: httpx.Response) -> End:
        """Read until there is enough or no more; raises what httpx raises, and TooMuch."""
        assert isinstance(response.stream, httpx.SyncByteStream)
        self.begun = True
        tap = Tap(response.stream, self.body)
        response.stream = tap
        response.encoding = "utf-8"  # whatever the header says: no other is allowed
        response.headers["content-type"] = EVENT_STREAM  # which httpx-sse looks for in lower case
        for dispatched, one in enumerate(EventSource(response).iter_sse()):
            if dispatched >= MOST_EVENTS:
                raise TooMuch
            if not one.data:
                continue
            event = StreamEvent(one.event, one.id, one.data, time.monotonic())
            self.events.append(event)
            if self.enough(event):
                return End.ENOUGH
        return End.CLOSED

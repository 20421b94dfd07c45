"""The three operations on channels."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from suites.trigger.support.channels.framings import numbers_in
from tck.checking import Call, Listened, Operations, Reply, StreamEvent
from tck.run import Run

IN, OUT = "in", "out"
LONGEST = 8 * 1024 * 1024
"""Bytes of a reply that are read: records of half a mebibyte, each character as an escape."""
STREAM = "text/event-stream"
TEXT, JSON = "text/plain; charset=utf-8", "application/json"
AT_LEAST = 1.0
"""Seconds that a subscriber waits at least for what it should be shown."""
Enough = Callable[[StreamEvent], bool]


@dataclass(frozen=True)
class Channels(Operations):
    """Append, drain and subscribe."""

    run: Run

    def append(
        self, address: str, io: str, text: str, part: str = "", media: str = TEXT, *, chunked: bool = False
    ) -> Reply:
        """Append a record, with a part id unless that is empty."""
        call = replace(self._append(address, io, text, part, media), chunked=chunked)
        return self.run.send(call, self.check)

    def abandon(self, address: str, io: str, text: str, part: str) -> None:
        """Append a record and hang up before the reply comes."""
        self.run.abandon(self._append(address, io, text, part, TEXT), self.check)

    def _append(self, address: str, io: str, text: str, part: str, media: str) -> Call:
        return Call(
            "appendRecord", "POST", f"{path_of(address, io)}/append", self.authorization, self.credential,
            text.encode(), content_type=media, headers={"X-Part-Id": part} if part else {},
        )  # fmt: skip

    def drain(self, address: str, io: str, after: int | None = None, **sending: Any) -> Reply:
        """The next records with a number above one, or from the start."""
        query = "" if after is None else f"?afterEventId={after}"
        return self.send(
            "drainChannel", "GET", f"{path_of(address, io)}/records{query}", None, longest=LONGEST, **sending
        )

    def subscribe(
        self, address: str, io: str, after: int | None = None, *, idle: int = 10, seconds: float = 0.0,
        enough: Enough = lambda _: False,
    ) -> Listened:  # fmt: skip
        """Listen until there is enough, or for so many seconds: by default as the kit waits for a write.

        `idle` is sent as Timeout-Seconds.
        """
        resumed = {} if after is None else {"Last-Event-ID": str(after)}
        call = Call(
            "subscribeChannel", "GET", path_of(address, io), self.authorization, self.credential,
            headers={"Accept": STREAM, "Timeout-Seconds": str(idle), **resumed}, longest=LONGEST,
        )  # fmt: skip
        return self.run.listen(call, self.check, seconds or self.patience, enough)

    @property
    def patience(self) -> float:
        """Seconds that a subscriber waits for what it should be shown."""
        return max(AT_LEAST, self.run.patience.within)

    def subscribe_until(self, address: str, io: str, last: int, after: int | None = None) -> Listened:
        """Listen until the record with the number `last` was shown, or one above it."""
        return self.subscribe(
            address, io, after, enough=lambda event: any(number >= last for number in numbers_in(event))
        )

    def bearing(self, token: str) -> "Channels":
        """The same operations with another bearer credential."""
        return replace(self, authorization=f"Bearer {token}")


def path_of(address: str, io: str) -> str:
    """The path of a channel of the session at an address, percent-encoded whole."""
    return f"/realtime/v1/sessions/{quote(address, safe='')}/{io}"

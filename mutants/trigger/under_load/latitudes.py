"""Latitudes: what a conforming server, and what stands in front of it, may do when many clients call."""

import asyncio
import itertools
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from sqlite3 import Connection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mutants.catalogue import load_latitude
from mutants.crowd import Crowd
from mutants.trigger.latitudes.races import RepliesShowTheRowAsItWasRead
from reference.application import Call, Operation, Reply
from reference.trigger import Row, TriggerReference

WRITES = ("create", "update", "close")


class Counting(TriggerReference):
    """Counts the calls, so that every n-th can be treated in another way."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._calls = itertools.count(1)

    def every(self, number: int) -> bool:
        """Whether this call is one in so many."""
        return next(self._calls) % number == 0


@load_latitude
class ThrottlesOneInSeven(Counting):
    """Every seventh call is answered with 429 and a Retry-After of one second, and does nothing."""

    def obey(self, operation: Operation, call: Call) -> Reply:
        if self.every(7):
            return Reply(429, {"error": "Too many requests"}, {"retry-after": "1"})
        return super().obey(operation, call)


@load_latitude
class RefusesALongQueue(Crowd, TriggerReference):
    """A call beyond eight at a time is answered with 503, without a word of when to come again."""

    def obey(self, operation: Operation, call: Call) -> Reply:
        if self.full:
            return Reply(503, {"error": "Busy"})
        return super().obey(operation, call)


@load_latitude
class OneInFortyTakesTwoSeconds(Counting):
    """Every fortieth reply takes two seconds longer than the others."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.every(40):
            await asyncio.sleep(2)
        await super().serve(app, scope, receive, send)


@load_latitude
class RepliesOfWritesTakeTwoSeconds(Counting):
    """Every twentieth call has taken effect two seconds before its reply is sent."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start" and self.every(20):
            await asyncio.sleep(2)
        await super().transmit(scope, message, send)


class Proxied(Counting):
    """Some replies come from a proxy in front of the server, as HTML."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        """Send a reply of the proxy's in place of one that carries its mark."""
        if message["type"] == "http.response.start":
            marked = [value for name, value in message["headers"] if name == b"x-proxy"]
            if marked:
                kept = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(marked[0]))]
                scope["page"] = marked[0]
                message = {**message, "headers": kept}
        elif "page" in scope:
            message = {**message, "body": scope["page"] if not message.get("more_body") else b""}
        await super().transmit(scope, message, send)

    def from_proxy(self, status: int, words: str) -> Reply:
        """A reply of the proxy's."""
        return Reply(status, None, {"x-proxy": f"<html><h1>{status} {words}</h1></html>"})


@load_latitude
class ProxyLosesReplies(Proxied):
    """Of thirty calls a proxy answers one with 502 that does nothing, and one with 504 that took effect."""

    def obey(self, operation: Operation, call: Call) -> Reply:
        turn = next(self._calls) % 30
        if turn == 10:
            return self.from_proxy(502, "Bad Gateway")
        reply = super().obey(operation, call)
        return self.from_proxy(504, "Gateway Timeout") if turn == 20 else reply


@load_latitude
class WritesTakeEffectAfterTheirTimeout(Proxied):
    """A proxy answers one write in thirty with 504, and it takes effect one and a half seconds later."""

    LATER = 1.5

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._late: deque[threading.Timer] = deque(maxlen=200)

    def obey(self, operation: Operation, call: Call) -> Reply:
        if operation.name not in WRITES or not self.every(30):
            return super().obey(operation, call)
        late = threading.Timer(self.LATER, super().obey, (operation, call))
        self._late.append(late)
        late.start()
        return self.from_proxy(504, "Gateway Timeout")

    def close(self) -> None:
        for late in self._late:
            late.cancel()
            late.join()
        super().close()


@load_latitude
class FailsOver(Proxied):
    """After every 1,500 calls the server fails over, and for a second its proxy answers 502 to all."""

    CALLS, SECONDS = 1_500, 1.0

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._away_until = 0.0

    def obey(self, operation: Operation, call: Call) -> Reply:
        if self.every(self.CALLS):
            self._away_until = time.monotonic() + self.SECONDS
        if time.monotonic() < self._away_until:
            return self.from_proxy(502, "Bad Gateway")
        return super().obey(operation, call)


@load_latitude
class ClosesIdleConnections(TriggerReference):
    """A connection is closed as soon as its reply is sent, without saying so beforehand."""

    KEEP_ALIVE = 0


@load_latitude
class CutsReplies(Counting):
    """The connection ends in the middle of every fiftieth reply, whose call has taken effect."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            scope["cut"] = self.every(50)
        elif scope.get("cut"):
            message = {**message, "body": message.get("body", b"")[:20], "more_body": True}
        await super().transmit(scope, message, send)


@load_latitude
class HalfOfTheReadsLag(TriggerReference):
    """Every second retrieve asks a replica that is three seconds behind."""

    LAG = 3.0

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._turn = itertools.count()
        self._written: dict[str, list[tuple[float, Row]]] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._written[row.id] = [(time.monotonic(), row)]

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._written[row.id] = [*self._written[row.id], (time.monotonic(), row)]

    def retrieved_reply(self, row: Row) -> Reply:
        if next(self._turn) % 2 == 0:
            return super().retrieved_reply(row)
        until = time.monotonic() - self.LAG
        seen = [old for at, old in self._written[row.id] if at <= until]
        if not seen:
            raise self.not_found()
        return super().retrieved_reply(seen[-1])


@load_latitude
class ReadsAtOnceShareAnAnswer(Crowd, TriggerReference):
    """A read that comes while another one of its row is under way is answered with what that one read."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._reading: dict[str, Future[Row]] = {}
        self._looking = threading.Lock()

    def retrieved_reply(self, row: Row) -> Reply:
        with self._looking:
            shared = self._reading.get(row.id)
            if shared is None:
                mine = self._reading[row.id] = Future[Row]()
        if shared is not None:
            return super().retrieved_reply(shared.result())
        self.round_trip()
        with self._looking:
            del self._reading[row.id]
        mine.set_result(row)
        return super().retrieved_reply(row)


@load_latitude
class BusyRepliesShowTheRowAsItWasRead(Crowd, RepliesShowTheRowAsItWasRead):
    """In a crowd, the reply of an update shows its own members over the row as it was read before."""

"""A TCP proxy on loopback that makes a server seem far away: bytes arrive late, in both directions."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Act = Callable[[asyncio.Transport], None]


class Distance:
    """`with Distance(url, latency) as far:` listens at `far.url`; a round trip takes `latency` seconds more.

    A new connection costs a round trip too, as its handshake does. `connections` counts them.
    """

    def __init__(self, target: str, latency: float) -> None:
        parts = urlsplit(target)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.latency = latency
        self.connections = 0
        self.open = set[asyncio.Transport]()
        self.connecting = set[asyncio.Task[None]]()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        made = self._loop.create_server(lambda: _Near(self), "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(made, self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._closed(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _closed(self) -> None:
        self._server.close()
        await asyncio.gather(*self.connecting, return_exceptions=True)
        for transport in self.open:
            transport.abort()
        await asyncio.sleep(0)  # in which they close their sockets

    @property
    def url(self) -> str:
        """Where the server seems to be."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"


class _Late(asyncio.Protocol):
    """One end of a connection: what it receives is written to the other end half a round trip later."""

    def __init__(self, distance: Distance) -> None:
        self.distance = distance
        self.loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.other: _Late | None = None
        self.under_way = deque[Act]()
        self.not_before = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.distance.open.add(transport)

    def data_received(self, data: bytes) -> None:
        self._later(lambda other: other.write(data))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's form
        if self.transport is not None:
            self.distance.open.discard(self.transport)
        self._later(lambda other: other.close())

    def _later(self, act: Act) -> None:
        self.under_way.append(act)
        self.loop.call_at(max(self.loop.time() + self.distance.latency / 2, self.not_before), self._arrive)

    def _arrive(self) -> None:
        """Let the first of what is under way arrive: what was sent at the same time keeps its order."""
        assert self.other is not None
        other = self.other.transport
        if other is None:  # which is being connected to
            self.loop.call_later(0.001, self._arrive)
            return
        act = self.under_way.popleft()
        if not other.is_closing():
            act(other)


class _Near(_Late):
    """The kit's end; the other one is connected to at once, and the bytes that come before it are kept."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.distance.connections += 1
        self.not_before = self.loop.time() + 3 * self.distance.latency / 2  # the handshake and half a trip
        self.other = _Late(self.distance)
        self.other.other = self
        connecting = self.loop.create_task(self._connected())
        self.distance.connecting.add(connecting)
        connecting.add_done_callback(self.distance.connecting.discard)

    async def _connected(self) -> None:
        other = self.other
        assert other is not None
        await self.loop.create_connection(lambda: other, self.distance.host, self.distance.port)

"""One deadline for a whole request: however slowly a target dribbles, no read or write waits beyond it."""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

PIECE = 16 * 1024
"""Bytes that are written before the time that is left is looked at again."""
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the requests of this block end after so many seconds, all their parts taken together."""
    before = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(before)


def obey_deadlines(client: httpx.Client) -> httpx.Client:
    """The client, its timeouts cut to what is left until the deadline."""
    transports: list[Any] = [client._transport, *client._mounts.values()]
    for transport in filter(None, transports):
        obeying_deadlines(transport)
    return client


def obeying_deadlines(transport: httpx.HTTPTransport) -> httpx.HTTPTransport:
    """The transport, its timeouts cut to what is left until the deadline.

    httpx counts its timeouts anew with each byte that comes, and has no public place for another network.
    """
    pool: Any = transport._pool
    pool._network_backend = _Network(pool._network_backend)
    return transport


def _left(timeout: float | None, failure: type[Exception]) -> float | None:
    """The shorter of a timeout and what is left; raises the failure when nothing is."""
    deadline = _deadline.get()
    if deadline is None:
        return timeout
    left = deadline - time.monotonic()
    if left <= 0:
        raise failure("the time for the whole request is over")
    return left if timeout is None else min(timeout, left)


class _Network(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            left = _left(timeout, httpcore.WriteTimeout)
            self._inner.write(buffer[start : start + PIECE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

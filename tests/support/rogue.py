"""A server on loopback that misbehaves in the way that the first part of the path names."""

import json
import re
import socket
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import Any, Self

Request = tuple[str, dict[str, Any], int]
"""The method, the JSON body (empty when there is none), and how many requests came before it."""
Act = Callable[[socket.socket, Request], None]
BLOCK = b"x" * 65536
DEEP, DIGITS, HEADERS = 100_000, 10_000, 10_000
ROW = {
    "id": "session_1", "externalId": None, "type": "chat.agent", "taskIdentifier": "my-chat", "isCached": False,
    "closedAt": None, "tags": [],
}  # fmt: skip


class Rogue:
    """`with Rogue() as rogue:` listens at `rogue.at("name")`; `seen` counts the requests by name."""

    def __init__(self, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> None:
        self._wrap = wrap

    def __enter__(self) -> Self:
        self.seen: Counter[str] = Counter()
        self.bearers: list[bytes] = []
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._refuse()
        for connection in self._open:
            connection.close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listening.getsockname()[1]}"

    def at(self, name: str) -> str:
        return f"http://{self.address}/{name}"

    def _refuse(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        self._open.append(plain)
        try:
            with self._wrap(plain) as connection:
                head, body = request_on(connection)
                if not head:
                    return
                method, _, rest = head.partition(b" ")
                name = rest.split(b"/")[1].decode()
                before = self.seen[name]
                self.seen[name] += 1
                self.bearers += re.findall(rb"(?im)^authorization: (.+?)\r?$", head)
                self.act(name)(connection, (method.decode(), json.loads(body or b"{}"), before))
        except OSError:
            return

    def act(self, name: str) -> Act:
        acts: dict[str, Act] = {
            "never-answers": lambda connection, request: self._hold(),
            "drips-headers": lambda connection, request: self._drip(connection, b"HTTP/1.1 201 Created\r\nX: " + BLOCK),
            "drips-a-body": lambda connection, request: self._drip(connection, BLOCK, head(b"Content-Length: 65536")),
            "endless": endless,
            "a-gigabyte": a_gigabyte,
            "gzip-bomb": gzip_bomb,
            "half-then-reset": half_then_reset,
            "too-short": lambda connection, request: connection.sendall(reply(row_for(request), length=10**6)),
            "cut-by-length": lambda connection, request: connection.sendall(reply(row_for(request), length=20)),
            "invalid-utf-8": lambda connection, request: connection.sendall(reply(b'{"id": "session_\xff\xfe"}')),
            "many-headers": many_headers,
            "http-1.0": lambda connection, request: connection.sendall(reply(row_for(request), version="1.0")),
            "deep": lambda connection, request: connection.sendall(with_member(request, b"[" * DEEP + b"]" * DEEP)),
            "long-numbers": lambda connection, request: connection.sendall(with_member(request, b"9" * DIGITS)),
            "honest": lambda connection, request: connection.sendall(reply(row_for(request))),
            "large": lambda connection, request: connection.sendall(with_member(request, b'"' + 15 * BLOCK + b'"')),
            "refused-later": self._refuses(since=7),
            "elsewhere": self._redirects(lambda: "http://localhost" + self.address[9:] + "/elsewhere", since=0),
            "loop": self._redirects(lambda: self.at("loop") + "/api/v1/sessions", since=0),
            "elsewhere-later": self._redirects(lambda: "http://localhost" + self.address[9:] + "/elsewhere", since=3),
            "loop-later": self._redirects(lambda: self.at("loop-later") + "/api/v1/sessions", since=3),
        }  # fmt: skip
        return acts[name]

    def _hold(self) -> None:
        self._ended.wait(60)

    def _drip(self, connection: socket.socket, text: bytes, first: bytes = b"") -> None:
        connection.sendall(first)
        for start in range(len(text)):
            connection.sendall(text[start : start + 1])
            if self._ended.wait(0.1):
                return

    def _refuses(self, since: int) -> Act:
        """From then on no connection is taken."""

        def act(connection: socket.socket, request: Request) -> None:
            connection.sendall(reply(row_for(request)))
            if request[2] >= since:
                self._refuse()

        return act

    def _redirects(self, to: Callable[[], str], since: int) -> Act:
        def act(connection: socket.socket, request: Request) -> None:
            if request[2] < since:
                connection.sendall(reply(b'{"error": "not found"}', status=404))
            else:
                connection.sendall(
                    head(f"Location: {to()}\r\nContent-Length: 0\r\nConnection: close".encode(), status=307)
                )

        return act


def request_on(connection: socket.socket) -> tuple[bytes, bytes]:
    got = b""
    while b"\r\n\r\n" not in got:
        part = connection.recv(65536)
        if not part:
            return b"", b""
        got += part
    before, _, body = got.partition(b"\r\n\r\n")
    said = re.search(rb"(?i)content-length: (\d+)", before)
    while len(body) < int(said[1] if said else 0):
        body += connection.recv(65536)
    return before, body


def head(more: bytes, status: int = 201, version: str = "1.1") -> bytes:
    return f"HTTP/{version} {status} X\r\nContent-Type: application/json\r\n".encode() + more + b"\r\n\r\n"


def reply(body: bytes, status: int = 201, version: str = "1.1", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return head(f"Content-Length: {size}\r\nConnection: close".encode(), status, version) + body


def row_for(request: Request) -> bytes:
    _, body, _ = request
    return json.dumps(
        {**ROW, **{name: body[name] for name in ("externalId", "tags") if name in body}}
    ).encode()


def with_member(request: Request, value: bytes) -> bytes:
    return reply(row_for(request)[:-1] + b', "further": ' + value + b"}")


def endless(connection: socket.socket, request: Request) -> None:
    connection.sendall(head(b"Transfer-Encoding: chunked"))
    while True:
        connection.sendall(b"10000\r\n" + BLOCK + b"\r\n")


def a_gigabyte(connection: socket.socket, request: Request) -> None:
    connection.sendall(head(f"Content-Length: {2**30}".encode()))
    for _ in range(2**14):
        connection.sendall(BLOCK)


@cache
def packed_bomb() -> bytes:
    """A quarter of a gigabyte of zeros, packed piece by piece."""
    packing = zlib.compressobj(wbits=31)
    return b"".join(packing.compress(bytes(2**20)) for _ in range(2**8)) + packing.flush()


def gzip_bomb(connection: socket.socket, request: Request) -> None:
    bomb = packed_bomb()
    connection.sendall(head(f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}".encode()) + bomb)


def half_then_reset(connection: socket.socket, request: Request) -> None:
    body = row_for(request)
    connection.sendall(reply(body)[: -len(body) // 2])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def many_headers(connection: socket.socket, request: Request) -> None:
    lines = b"".join(b"x%d: y\r\n" % number for number in range(HEADERS))
    connection.sendall(head(lines + b"Content-Length: 2\r\nConnection: close") + b"{}")

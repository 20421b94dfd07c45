"""A server on loopback that does, one request after the other, what a test has written down."""

import json
import socket
import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

Act = Callable[[socket.socket], bool]
"""Answers one request; says whether the connection may be used again."""


class Script:
    """`with Script() as script:` listens at `script.url`; `seen` holds what came."""

    def __enter__(self) -> Self:
        self.seen: list[bytes] = []
        self._acts: SimpleQueue[Act] = SimpleQueue()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            connection.close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def will(self, *acts: Act) -> None:
        """What comes next."""
        for act in acts:
            self._acts.put(act)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            while request := _request(connection):
                self.seen.append(request)
                if not self._acts.get()(connection):
                    connection.close()
                    return
        except OSError:
            return


def _request(connection: socket.socket) -> bytes:
    got = b""
    while not _whole(got):
        part = connection.recv(65536)
        if not part:
            return b""
        got += part
    return got


def _whole(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        return body.endswith(b"0\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    ]
    return bool(end) and len(body) >= int(lengths[0] if lengths else 0)


def answer(status: int, body: Any = None, **headers: str) -> Act:
    """A whole reply with a JSON body."""
    raw = json.dumps({} if body is None else body).encode()
    named = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())

    def act(connection: socket.socket) -> bool:
        connection.sendall(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + raw)
        return True

    return act


def bytes_of(raw: bytes) -> Act:
    """These bytes, and the end of the connection."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return False

    return act


def close() -> Act:
    """The end of the connection, without a word."""
    return lambda _: False


def silence() -> Act:
    """Nothing at all, while the connection stays."""
    return lambda _: True

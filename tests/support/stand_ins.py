"""What stands in for the outside world: a gate that a check waits at, and servers that are none of ours."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

LONGEST = 60.0


class Gate:
    """A check that runs `knock` waits until `open` is called here, or for ever."""

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(LONGEST)
        self._waiting: list[socket.socket] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open()
        self._listening.close()

    @property
    def knock(self) -> str:
        """The statement with which a check waits, telling the URL of its target."""
        port = self._listening.getsockname()[1]
        return (
            f"import socket; g = socket.create_connection(('127.0.0.1', {port})); "
            "g.sendall(run.target.base_url.encode()); g.shutdown(socket.SHUT_WR); g.recv(1); g.close()"
        )

    def await_knock(self) -> str:
        """Wait until a check has come, and return the URL of its target."""
        connection, _ = self._listening.accept()
        connection.settimeout(LONGEST)
        self._waiting.append(connection)
        told = b"".join(iter(lambda: connection.recv(1000), b""))
        return told.decode()

    def open(self) -> None:
        """Let go on all that wait."""
        for connection in self._waiting:
            connection.close()
        self._waiting.clear()


@contextmanager
def serving(answer: Callable[[Any], None], *, bodies: bool = False) -> Iterator[tuple[str, list[str]]]:
    """A server that answers every request so: its URL, and the requests it has had.

    With `bodies`, the handler that is given to `answer` has what was sent, in bytes, as `sent`.
    """
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            seen.append(f"{self.command} {self.path}")
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if bodies:
                self.sent = sent
            answer(self)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def replying(status: int, body: bytes = b"{}", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """The same reply to everything; `Content_Type` names a header with a hyphen."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def dribbling() -> Iterator[str]:
    """A server whose replies begin and never end: a byte every now and then, until the test is over."""
    over = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            while not over.wait(0.05):
                handler.wfile.write(b" ")

    with serving(answer) as (url, _):
        try:
            yield url
        finally:
            over.set()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port

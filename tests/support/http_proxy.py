"""An HTTP proxy on loopback: it forwards requests, and opens tunnels with CONNECT."""

import base64
import http.client
import select
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

HOP = ("connection", "proxy-connection", "proxy-authorization", "transfer-encoding", "content-length")


class HttpProxy:
    """`with HttpProxy() as proxy:` listens at `proxy.url`; `seen` are the request lines.

    With `password` it asks for the user `me`; with `refusing` it answers that status to everything. Every name
    leads to loopback, so that a target off loopback can be played.
    """

    def __init__(self, password: str = "", refusing: int = 0) -> None:  # noqa: C901 - a handler stands in it
        self.seen: list[str] = []
        told = base64.b64encode(f"me:{password}".encode()).decode()
        wanted, seen = f"Basic {told}" if password else "", self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                seen.append(f"{self.command} {self.path}")
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                if wanted and self.headers.get("Proxy-Authorization") != wanted:
                    self.refuse(407)
                elif refusing:
                    self.refuse(refusing)
                elif self.command == "CONNECT":
                    self.tunnel()
                else:
                    self.forward(body)

            do_GET = do_POST = do_PATCH = do_DELETE = do_CONNECT = handle_any  # noqa: N815

            def refuse(self, status: int) -> None:
                self.close_connection = True
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Connection", "close")
                self.send_header("Content-Length", "3")
                self.end_headers()
                self.wfile.write(b"<p>")

            def tunnel(self) -> None:
                port = int(self.path.rpartition(":")[2])
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.send_response(200)
                    self.end_headers()
                    self.close_connection = True
                    pump(self.connection, there)

            def forward(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                there = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
                there.request(self.command, parts.path, body or None, headers)
                reply = there.getresponse()
                content = reply.read()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                there.close()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"


def pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    with suppress(OSError):
        while True:
            for side in select.select([one, other], [], [], 10)[0]:
                data = side.recv(65536)
                if not data:
                    return
                (other if side is one else one).sendall(data)

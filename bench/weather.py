"""A proxy on loopback with bad weather: latency, resets and replies lost to a 502, drawn from a seed."""

import http.client
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

LONGEST = 60
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Weather:
    """Seconds of latency, and the shares of requests that end in a reset or in a 502.

    Half of those reach the target before their reply is lost.
    """

    latency: float = 0.2
    resets: float = 0.05
    bad_gateways: float = 0.02


class Proxy:
    """`with Proxy(url, weather, seed) as proxy:` listens at `proxy.url`.

    `struck` counts what it spoilt, `connections` those that it was asked for.
    """

    def __init__(self, target: str, weather: Weather, seed: int = 0) -> None:
        self.target, self.weather = target, weather
        self.struck = self.connections = 0
        self._draws = random.Random(seed)  # noqa: S311 - nothing here is secret
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def connected(self) -> None:
        with self._lock:
            self.connections += 1

    def draw(self) -> tuple[str, bool]:
        """What befalls the next request, and whether the target sees it all the same."""
        with self._lock:
            chance, reaches = self._draws.random(), self._draws.random() < 1 / 2
            resets, gateways = self.weather.resets, self.weather.bad_gateways
            fate = "reset" if chance < resets else "502" if chance < resets + gateways else ""
            self.struck += bool(fate)
            return fate, reaches or not fate


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class of small methods
    host = urlsplit(proxy.target).netloc

    class Handler(BaseHTTPRequestHandler):
        """Passes one request on."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            proxy.connected()
            super().setup()

        def handle_one_request(self) -> None:
            """Read a request of any method, and let the weather have its way with it."""
            try:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                self._pass_on(self._body())
            except OSError:
                self.close_connection = True

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _pass_on(self, body: bytes) -> None:
            time.sleep(proxy.weather.latency)
            fate, reaches = proxy.draw()
            answer = self._asked(body) if reaches else None
            if fate == "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                self.connection.close()
                return
            status, headers, content = answer if answer and not fate else (502, [], b"bad gateway")
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            upstream = http.client.HTTPConnection(host, timeout=LONGEST)
            try:
                upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in HOP:
                        upstream.putheader(name, value)
                if body or "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
                    upstream.putheader("Content-Length", str(len(body)))
                upstream.endheaders(body)
                response = upstream.getresponse()
                return response.status, response.getheaders(), response.read()
            finally:
                upstream.close()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler

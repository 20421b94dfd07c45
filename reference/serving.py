"""Running an ASGI application on a port, in a thread of its own."""

import socket
import threading
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

KEEP_ALIVE = 75
"""Seconds for which a connection may be idle before it is closed."""


class Server:
    """`with Server(app) as url:` serves on a free loopback port till the block ends; many can run at once."""

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, keep_alive: int = KEEP_ALIVE
    ) -> None:
        """Take the port at once; raises OSError when it cannot be had."""
        self._socket = _bound(host, port)
        self._port = self._socket.getsockname()[1]
        self._host = f"[{host}]" if ":" in host else host
        self._ready = threading.Event()
        self._server = _Announcing(_config(app, keep_alive), self._ready)
        self._thread = threading.Thread(target=self._run, name="reference", daemon=True)

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> str:
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            self._thread.join()
            raise RuntimeError("the server did not start")
        return self.url

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self._ready.set()


class _Announcing(uvicorn.Server):
    """A uvicorn server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


def _config(app: ASGIApp, keep_alive: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=2,
    )


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound

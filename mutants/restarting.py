"""A server that a command restarts: the application is made anew on the same port."""

import shlex
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from reference.serving import Server

LOOK_EVERY = 0.02
"""Seconds between two looks for the file that asks for a restart."""


class Restarting:
    """`with Restarting(…) as one:` serves at `one.url` until `one.command` is run, and then anew."""

    def __init__(self, app: ASGIApp, again: Callable[[], ASGIApp], flag: Path) -> None:
        """`again` makes the application that is served after a restart; `flag` is a file that may be made."""
        self._first, self._again, self._flag = app, again, flag
        self._ended = threading.Event()
        self._serving = ExitStack()
        self._thread = threading.Thread(target=self._watch, name="restarts", daemon=True)
        self.url = ""

    @property
    def command(self) -> str:
        """Asks for a restart, and ends once it is over."""
        flag = shlex.quote(str(self._flag))
        return shlex.join(["sh", "-c", f"touch {flag}; while [ -e {flag} ]; do sleep 0.05; done"])

    def __enter__(self) -> Self:
        self.url = self._serving.enter_context(Server(self._first))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._serving.close()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            if self._flag.exists():
                self._serving.close()
                self._serving.enter_context(Server(self._again(), port=urlsplit(self.url).port or 0))
                self._flag.unlink()

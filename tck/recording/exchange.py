"""One request and what came of it, already redacted, and the file in which a process keeps its own."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from sys import intern
from threading import Lock
from typing import Any, Protocol

from tck.recording.correlation import TRACEPARENT, is_correlation

Headers = tuple[tuple[str, str], ...]
ROOM = 8 * 1024 * 1024
"""Bytes beyond what is ordinary that a process keeps of all replies together."""
ORDINARY_BODY = 8 * 1024
ORDINARY_HEADERS = 40
EVENT_STREAM = "text/event-stream"
HEADER_COST = 200
"""Bytes that a header takes in memory at least."""


@dataclass(frozen=True)
class Exchange:
    """One exchange; `check` is a node id or the kit's own purpose, `error` says why no whole reply came.

    `started_at` is in seconds since 1970, `duration` in seconds; without a reply `status` is None.
    """

    id: str
    check: str
    operation: str
    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    status: int | None
    http_version: str
    response_headers: Headers
    response_body: bytes
    error: str
    started_at: float
    duration: float
    retries: int = 0
    left_out: int = 0
    """Bytes of the reply's body that were not kept."""

    @property
    def correlation(self) -> Headers:
        """What names the exchange in the logs of the target: the trace sent, then the reply's own."""
        sent = (pair for pair in self.request_headers if pair[0].lower() == TRACEPARENT)
        answered = (pair for pair in self.response_headers if is_correlation(pair[0]))
        return tuple(dict.fromkeys((*sent, *answered)))

    @property
    def is_stream(self) -> bool:
        """Whether the reply was a stream of events, which lasts as long as it is heard."""
        return header(self.response_headers, "content-type").startswith(EVENT_STREAM)

    def to_json(self) -> dict[str, Any]:
        """A plain dict; bodies are text where they are UTF-8."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        bodies = {name: _packed(values[name]) for name in ("request_body", "response_body")}
        return {**values, **bodies}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Exchange":
        """The exchange that `to_json` made this dict of."""
        bodies = {name: _unpacked(values[name]) for name in ("request_body", "response_body")}
        headers = {name: _pairs(values[name]) for name in ("request_headers", "response_headers")}
        names = {name: intern(values[name]) for name in ("check", "operation", "method", "http_version")}
        return cls(**{**values, **bodies, **headers, **names})


def header(headers: Headers, name: str) -> str:
    """The first value of a header, its name in any case; empty when there is none."""
    return next((value for key, value in headers if key.lower() == name.lower()), "")


@dataclass
class Spool:
    """Appends exchanges to a file of JSON lines, each whole before the next; safe for threads.

    Ordinary replies are kept whole; large ones as long as there is room, and cut to an ordinary size then.
    """

    path: Path
    _room: int = ROOM
    _lock: Lock = field(default_factory=Lock)

    def append(self, exchange: Exchange) -> None:
        """Write one exchange through to the file, which is made with the first."""
        with self._lock:
            line = json.dumps(self._fitting(exchange).to_json(), separators=(",", ":")) + "\n"
            with self.path.open("ab") as file:
                file.write(line.encode())

    def _fitting(self, exchange: Exchange) -> Exchange:
        headers, body = exchange.response_headers, exchange.response_body
        extra = max(0, len(body) - ORDINARY_BODY) + HEADER_COST * max(0, len(headers) - ORDINARY_HEADERS)
        if extra <= self._room:
            self._room -= extra
            return exchange
        kept = _cut(body, ORDINARY_BODY)
        names = [pair for pair in headers[ORDINARY_HEADERS:] if is_correlation(pair[0])][:ORDINARY_HEADERS]
        further = _further(len(headers) - ORDINARY_HEADERS - len(names))
        told = (*headers[:ORDINARY_HEADERS], *names, *further)
        return replace(exchange, response_headers=told, response_body=kept, left_out=len(body) - len(kept))


class Recorder(Protocol):
    """Takes each exchange as soon as it is over."""

    def append(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True)
class Lossy:
    """Keeps the exchanges that the disk has room for; for requests by which nothing is judged."""

    recorder: Recorder

    def append(self, exchange: Exchange) -> None:
        """Write one exchange, if it can be written."""
        with suppress(OSError):
            self.recorder.append(exchange)


def _further(headers: int) -> Headers:
    return (("(cut)", f"{headers} more headers"),) if headers > 0 else ()


def _cut(body: bytes, size: int) -> bytes:
    """The beginning of a body; of a text, no half of a character."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return body[:size]
    return body[:size].decode("utf-8", "ignore").encode()


def read_spool(path: Path) -> Iterator[Exchange]:
    """The exchanges of one file; a line that a crash cut short is passed over."""
    bodies: dict[bytes, bytes] = {}
    with path.open("rb") as file:
        for line in file:
            try:
                one = Exchange.from_json(json.loads(line))
            except (ValueError, KeyError, TypeError):
                continue
            sent, answered = (bodies.setdefault(body, body) for body in (one.request_body, one.response_body))
            yield replace(one, request_body=sent, response_body=answered)


def read_spools(folder: Path) -> list[Exchange]:
    """All exchanges kept in a folder, by the time they began."""
    found = (one for path in sorted(folder.glob("*.jsonl")) for one in read_spool(path))
    return sorted(found, key=begun)


def begun(exchange: Exchange) -> tuple[float, str, int]:
    """The order of exchanges: when they began, then by worker and number."""
    worker, _, number = exchange.id.rpartition("-")
    return exchange.started_at, worker, int(number) if number.isdecimal() else 0


def _packed(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _unpacked(packed: dict[str, str]) -> bytes:
    return packed["text"].encode() if "text" in packed else base64.b64decode(packed["base64"])


def _pairs(headers: list[list[str]]) -> Headers:
    """The headers; equal texts are one, as most of them stand in every exchange."""
    return tuple((intern(name), intern(value)) for name, value in headers)

"""Exchanges as a page shows them: bodies as text, cut where they are long."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

from tck.recording import har
from tck.recording.exchange import Exchange, Headers
from tck.recording.in_words import request_in_words
from tck.reports.labels import shown
from tck.results.document import CheckEntry
from tck.values.texts import printable

LONGEST_BODY = 16 * 1024
"""Bytes of a body that are shown."""
LONGEST_BODIES = 8 * 1024 * 1024
"""Bytes of all bodies on one page together; further ones are left to exchanges.har."""
MOST_HEADERS = 60
LONGEST_PATH = 200
LONGEST_LINE = 4000
HEX_COLUMNS = 16
HEX_BYTES = 1024


@dataclass(frozen=True)
class ShownBody:
    """A body's text, and its size in words; `note` says what is not shown of it."""

    text: str
    size: str
    note: str = ""


@dataclass(frozen=True)
class ShownExchange:
    """One exchange; `answer` is the status with its name, or why there was none.

    `logged` are the headers by which the target's logs name it.
    """

    id: str
    method: str
    path: str
    answer: str
    status: str
    took: str
    url: str
    request_headers: tuple[str, ...]
    response_headers: tuple[str, ...]
    sent: ShownBody | None
    received: ShownBody | None
    logged: tuple[str, ...] = ()


class Room:
    """How much of the bodies of a page may still be shown."""

    def __init__(self, left: int = LONGEST_BODIES) -> None:
        self.left = left

    def body(self, body: bytes) -> ShownBody | None:
        """The body as far as it is shown, JSON laid out; None for an empty one."""
        if not body:
            return None
        most = min(LONGEST_BODY, self.left)
        self.left -= min(most, len(body))
        if not most:
            return ShownBody("", _size(body), "left out here, as this page is full; exchanges.har has it")
        told = body_text(body, most)
        return replace(told, text=_laid_out(told.text))


def body_text(body: bytes, most: int = LONGEST_BODY) -> ShownBody:
    """The first bytes of a body as text that nothing obeys."""
    size, kept = _size(body), body[:most]
    note = f"the first {len(kept):,} bytes; exchanges.har has more" if len(kept) < len(body) else ""
    try:
        body[: har.LONGEST_BODY].decode("utf-8", "strict" if len(body) < har.LONGEST_BODY else "ignore")
    except UnicodeDecodeError:
        return ShownBody(_dump(kept[:HEX_BYTES]), size, note or "not UTF-8")
    return ShownBody(shown(kept.decode("utf-8", "ignore")), size, note)


def show(names: Iterable[str], exchanges: Mapping[str, Exchange], room: Room) -> Iterator[ShownExchange]:
    """The exchanges of these ids, as far as they are there."""
    return (shown_exchange(exchanges[name], room) for name in names if name in exchanges)


def line(exchange: Exchange) -> str:
    """An exchange in a few words."""
    words = request_in_words(exchange)
    asked = f"{exchange.method} {path_of(exchange.url)}" + (f" ({words})" if words else "")
    return printable(f"{asked} → {answer(exchange)}")


def shown_exchange(one: Exchange, room: Room) -> ShownExchange:
    """One exchange, its bodies as far as there is room."""
    return ShownExchange(
        id=one.id,
        method=printable(one.method),
        path=printable(path_of(one.url)),
        answer=shown_line(answer(one)),
        status=str(one.status or 0)[0],
        took=f"{har.took(one):,.0f} ms" + (f", {one.retries} retries" if one.retries else ""),
        url=shown_line(one.url),
        request_headers=header_lines(one.request_headers),
        response_headers=header_lines(one.response_headers),
        sent=room.body(one.request_body),
        received=room.body(one.response_body),
        logged=tuple(header_line(*pair) for pair in one.correlation),
    )


def in_logs(check: CheckEntry | None, exchanges: Mapping[str, Exchange]) -> str:
    """The headers by which logs of the target name what a finding judged last; empty without any."""
    judged = [exchanges[name] for name in check["judged"] if name in exchanges] if check else []
    names = judged[-1].correlation if judged else ()
    return ", ".join(header_line(*pair) for pair in names)


def path_of(url: str) -> str:
    """The path of an address with its query, cut where it is long."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:LONGEST_PATH]
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}…"


def answer(one: Exchange) -> str:
    """The status with its name, or why there was none."""
    if one.status is None:
        return f"no whole reply: {one.error}" if one.error else "no whole reply"
    try:
        phrase = f" {HTTPStatus(one.status).phrase}"
    except ValueError:
        phrase = ""
    return f"{one.status}{phrase}" + (f": {one.error}" if one.error else "")


def header_lines(headers: Headers) -> tuple[str, ...]:
    """The headers as lines, as many as are shown."""
    more = more_headers(headers)
    return (*(header_line(*pair) for pair in headers[:MOST_HEADERS]), *([more] if more else []))


def header_line(name: str, value: str) -> str:
    """A header as a line."""
    return shown_line(f"{name}: {value}")


def more_headers(headers: Headers) -> str:
    """How many headers are not shown, in words; empty when all are."""
    more = len(headers) - MOST_HEADERS
    return f"({more} more headers)" if more > 0 else ""


def shown_line(text: str) -> str:
    """A text in one line that nothing obeys, cut where it is long."""
    more = f"… ({len(text):,} characters)" if len(text) > LONGEST_LINE else ""
    return printable(text[:LONGEST_LINE]) + more


def _size(body: bytes) -> str:
    if len(body) >= har.LONGEST_BODY:
        return f"{har.LONGEST_BODY:,} bytes or more"
    return f"{len(body):,} byte{'' if len(body) == 1 else 's'}"


def _laid_out(text: str) -> str:
    """JSON over several lines, if that changes nothing but white space; what is escaped stays so."""
    if text[:1] not in "{[":
        return text
    try:
        value = json.loads(text)
        same = json.dumps(value, ensure_ascii=False, separators=(",", ":")) == text
        return json.dumps(value, ensure_ascii=False, indent=2) if same else text
    except (ValueError, RecursionError):
        return text


def _dump(body: bytes) -> str:
    """Bytes as pairs of hexadecimal digits, with what they may mean beside them."""
    rows = (body[start : start + HEX_COLUMNS] for start in range(0, len(body), HEX_COLUMNS))
    plain = bytes(byte if 32 <= byte < 127 else 46 for byte in range(256))  # noqa: PLR2004 - ASCII's borders
    return "\n".join(f"{row.hex(' '):47}  {row.translate(plain).decode()}" for row in rows)


def request_text(exchange: Exchange) -> str:
    """The request with its body, as far as a page would show it."""
    return _message(f"{exchange.method} {exchange.url}", exchange.request_headers, exchange.request_body)


def response_text(exchange: Exchange) -> str:
    """The answer with its body, or why there was none."""
    return _message(answer(exchange), exchange.response_headers, exchange.response_body)


def _message(first: str, headers: Headers, body: bytes) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    shown = Room().body(body)
    kept = ["", shown.text, *([f"({shown.size}: {shown.note})"] if shown.note else [])] if shown else []
    return "\n".join([*map(printable, lines), *kept]) + "\n"

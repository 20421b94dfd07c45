"""An exchange's two messages as plain text."""

from tck.recording.exchange import Exchange, Headers
from tck.reports.exchange_view import Room, answer
from tck.reports.terminal import printable


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

"""Long request bodies in a few words: what repeats in them is said once, with how often."""

import re
from collections.abc import Iterator

from tck.recording.curl import LONGEST_BODY as SHORT
from tck.recording.exchange import Exchange, header
from tck.recording.har import LONGEST_BODY

REPEATED = re.compile(rb"(.{1,24}?)\1{40,}", re.DOTALL)
CLOSING = {b"{": b"}", b"[": b"]"}


def is_large(one: Exchange) -> bool:
    """Whether a body is too long to be read as one word."""
    return _size(one) > SHORT


def is_whole(one: Exchange) -> bool:
    """Whether the body is known to its last byte, or can be told by what repeats in it."""
    return _size(one) <= LONGEST_BODY or _completed(one) is not None


def body_pieces(one: Exchange) -> Iterator[tuple[str, int]]:
    """The body as texts, each with how often it comes; bytes that are not UTF-8 as surrogates."""
    body = one.request_body[:LONGEST_BODY]
    if _size(one) > LONGEST_BODY:
        body = _completed(one) or body
    done = 0
    for match in REPEATED.finditer(body):
        unit = match[1]
        try:
            unit.decode()
        except UnicodeDecodeError:
            continue
        if match.start() > done:
            yield _text(body[done : match.start()]), 1
        yield unit.decode(), len(match[0]) // len(unit)
        done = match.end()
    if body[done:]:
        yield _text(body[done:]), 1


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _size(one: Exchange) -> int:
    told = header(one.request_headers, "content-length")
    return max(len(one.request_body), int(told) if told.isdecimal() else 0)


def _completed(one: Exchange) -> bytes | None:
    """A body that was kept in part, when that part ends in what repeats and JSON closes the rest."""
    kept = one.request_body[:LONGEST_BODY]
    last = None
    for match in REPEATED.finditer(kept):
        last = match
    if last is None or last.end() < len(kept) - len(last[1]):
        return None
    unit, closing = last[1], _closing(kept)
    body = kept[: last.end()]
    times, rest = divmod(_size(one) - len(body) - len(closing), len(unit))
    return body + unit * times + closing if not rest else None


def _closing(text: bytes) -> bytes:
    """What closes the strings, arrays and objects that are open at the end of a JSON text."""
    stack: list[bytes] = []
    in_text = escaped = False
    for place in range(len(text)):
        byte = text[place : place + 1]
        if in_text:
            in_text = escaped or byte != b'"'
            escaped = byte == b"\\" and not escaped
        elif byte == b'"':
            in_text = True
        elif byte in CLOSING:
            stack.append(CLOSING[byte])
        elif byte in (b"}", b"]") and stack:
            stack.pop()
    return (b'"' if in_text else b"") + b"".join(reversed(stack))

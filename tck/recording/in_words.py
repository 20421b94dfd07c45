"""What is out of the ordinary about a request, in words that a person can follow."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from tck.recording.exchange import Exchange, header
from tck.values.bounded_json import read_json
from tck.values.texts import printable

WITHOUT_A_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_TYPE = "application/json"
LARGE = 8 * 1024
"""Bytes from which the size of a body is worth a word."""
LONG = 300
"""Characters from which that of an address is."""
DEEP = 32
SHOWN = 60
"""Characters of a text that are shown."""
FIRST_BYTES = 8
"""Bytes that are shown of what is no text."""
CONTROLS = {
    "\0": "NUL",
    "\t": "a tab",
    "\n": "a line feed",
    "\r": "a carriage return",
    "\x1b": "ESC",
    "\x7f": "DEL",
}
NOT_PLAIN = re.compile(r"\\(?:[bfnrt]|u(?:00[01]|007[fF]|[dD][89a-fA-F]))|\x7f")
"""How JSON writes a control character or half of a surrogate pair."""
KINDS = {list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}


def request_in_words(exchange: Exchange) -> str:
    """What is odd about the address, the credential and the body, as one phrase; empty when nothing is."""
    return ", ".join((*_address(exchange.url), *_credential(exchange), *_body(exchange)))


def body_in_words(body: bytes) -> str:
    """A body for a person: ordinary JSON as it is, anything else by what it is."""
    words = list(_content(body))
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return words[0]
    if not body or _is_plain(text):
        return text or words[0]
    shown = printable(text if len(text) <= LONG else f"{text[:LONG]}…")
    return f"{shown} ({', '.join(words)})" if words else shown


def _is_plain(text: str) -> bool:
    """Whether a text is short JSON that shows all that it says."""
    try:
        return len(text) <= LONG and text.isprintable() and not any(_inside(read_json(text), text))
    except ValueError:
        return False


def _address(url: str) -> Iterator[str]:
    try:
        path = urlsplit(url).path
    except ValueError:
        yield "at an address that is no URL"
        return
    if len(path) > LONG:
        yield f"at an address of {len(path):,} characters"
    if "%" not in path:
        return
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        yield "at an address whose percent-encoded bytes are not UTF-8"
        return
    controls = _controls_in(decoded)
    if controls:
        yield f"at an address with {controls} in it, percent-encoded"
        return
    encoded = [part for part in path.split("/") if "%" in part]
    texts = " and ".join(_short(unquote_to_bytes(part).decode()) for part in encoded)
    yield f"at the address {texts}, percent-encoded"


def _credential(exchange: Exchange) -> Iterator[str]:
    if not header(exchange.request_headers, "authorization"):
        yield "without a credential"


def _body(exchange: Exchange) -> Iterator[str]:
    body, headers = exchange.request_body, exchange.request_headers
    if not body:
        if exchange.method not in WITHOUT_A_BODY:
            yield "without a body"
        return
    words = list(_content(body))
    if words:
        yield f"with {words[0]}"
        yield from words[1:]
    if header(headers, "transfer-encoding").lower() == "chunked":
        yield "sent in chunks, without its length"
    given = header(headers, "content-type")
    if given.split(";")[0].strip().lower() != JSON_TYPE:
        yield f"with the Content-Type {printable(given[:SHOWN])}" if given else "without a Content-Type"


def _content(body: bytes) -> Iterator[str]:
    """What is odd about a body: the first phrase says what it is."""
    if not body:
        yield "no body"
        return
    try:
        text = body.decode()
    except UnicodeDecodeError:
        more = "…" if len(body) > FIRST_BYTES else ""
        yield f"{_bytes(body)} of no UTF-8 ({body[:FIRST_BYTES].hex(' ')}{more})"
        return
    try:
        value = read_json(text)
    except ValueError:
        yield f"a body that is not JSON, {_short(text)}" if text.strip() else "a body of white space alone"
    else:
        yield from _json(value, text)
    if len(body) > LARGE:
        yield f"{_bytes(body)} in all"


def _json(value: Any, text: str) -> Iterator[str]:
    what = "null" if value is None else KINDS.get(type(value), "")
    strange = " and ".join(_inside(value, text))
    if what:
        yield f"{what} for a body" + (f", with {strange} in it" if strange else "")
    elif strange:
        yield f"{strange} in its body"


def _inside(value: Any, text: str) -> Iterator[str]:
    if NOT_PLAIN.search(text):
        held = "".join(_texts(value))
        controls = _controls_in(held)
        if controls:
            yield controls
        if re.search("[\ud800-\udfff]", held):
            yield "half of a surrogate pair"
    depth = _depth(text) if text.count("[") + text.count("{") > DEEP else 0
    if depth > DEEP:
        yield f"{depth:,} levels of nesting"


def _texts(value: Any) -> Iterator[str]:
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            todo += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            todo += one


def _depth(text: str) -> int:
    """How deep brackets are nested, those inside of strings left out."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*+"', "", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _controls_in(text: str) -> str:
    found = dict.fromkeys(one for one in text if one < " " or one == "\x7f")
    return " and ".join([CONTROLS.get(one, f"U+{ord(one):04X}") for one in found][:3])


def _short(text: str) -> str:
    shown = json.dumps(text if len(text) <= SHOWN else f"{text[:SHOWN]}…", ensure_ascii=False)
    return printable(shown)


def _bytes(body: bytes) -> str:
    return f"{len(body):,} byte{'' if len(body) == 1 else 's'}"

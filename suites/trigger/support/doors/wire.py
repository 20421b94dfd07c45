"""How a request can be written: the spelling of its JSON, its media type, and what the client takes."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from suites.trigger.support.bodies import Body
from suites.trigger.support.doors.arrays import Combination
from tck.checking import encoded

FILLING = "filling"
Spell = Callable[[Body, int, str], bytes]
"""Writes a body as so many bytes; the name is of the object in it that may be filled."""

MEDIA: Mapping[str, str] = MappingProxyType(
    {
        "plain": "application/json",
        "charset": "application/json; charset=utf-8",
        "capitals": "Application/JSON",
        "quoted-charset": 'application/json;charset="UTF-8"',
    }
)
ACCEPTS: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/json",
        "absent": "",
        "anything": "*/*",
        "list": "text/html, application/xhtml+xml;q=0.9, application/json;q=0.5, */*;q=0.1",
    }
)
"""Values of Accept that take JSON; an empty one leaves the header out."""
PLAIN: Combination = MappingProxyType(
    {"spelling": "compact", "media": "plain", "accept": "json", "coding": "identity"}
)
"""How the kit writes a request unless a check asks for another way."""


def sending(combination: Combination) -> dict[str, Any]:
    """The media type and the headers of a request, as the operations take them."""
    wire = {**PLAIN, **combination}
    headers = {"Accept": ACCEPTS[wire["accept"]], "Accept-Encoding": wire["coding"]}
    return {"content_type": MEDIA[wire["media"]], "headers": headers}


def reading(combination: Combination) -> dict[str, Any]:
    """The headers of a request without a body."""
    return {"headers": sending(combination)["headers"]}


def spelt(spelling: str, body: Body, size: int, member: str = "metadata") -> bytes:
    """The body in this spelling, filled to exactly `size` bytes where the spelling is one that fills."""
    raw = SPELLINGS[spelling](body, size, member)
    assert spelling == "compact" or len(raw) == size, f"{len(raw)} bytes were made instead of {size}"
    return raw


def compact(body: Body, size: int, member: str) -> bytes:  # noqa: ARG001 - as the others
    """As short as it gets."""
    return encoded(body)


def spaced(body: Body, size: int, member: str) -> bytes:  # noqa: ARG001 - as the others
    """Every kind of white space between all tokens, and as many blanks as there is room for."""
    raw = json.dumps(body, ensure_ascii=False, indent="\t", separators=(" \r\n, ", "\n : ")).encode()
    room = size - len(raw) - 2
    return b" " * (room // 2) + raw[:-1] + b" " * (room - room // 2) + raw[-1:] + b"\r\n"


def escaped(body: Body, size: int, member: str) -> bytes:
    """Every character of every string as an escape, and a text of escapes as long as there is room for."""
    start = _escaped(_with(body, member, {FILLING: ""})).encode()
    empty, room = _escaped({FILLING: ""})[1:-1].encode(), size - len(start)
    filled = empty[:-1] + b"\\u0078" * (room // 6) + b"x" * (room % 6) + b'"'
    head, _, tail = start.rpartition(empty)
    return head + filled + tail


def crowded(body: Body, size: int, member: str) -> bytes:
    """As many small members as there is room for."""
    room = size - len(encoded(_with(body, member, {FILLING: ""})))
    more = {f"m{number:04}": 7 for number in range(room // len(b',"m0000":7'))}
    rest = "x" * (room % len(b',"m0000":7'))
    return encoded(_with(body, member, {**more, FILLING: rest}))


def unknown_member(body: Body, size: int, member: str) -> bytes:  # noqa: ARG001 - as the others
    """A long text in a member that no page names."""
    name = "notOnAnyPage"
    return encoded({**body, name: "x" * (size - len(encoded({**body, name: ""})))})


SPELLINGS: Mapping[str, Spell] = MappingProxyType(
    {
        "compact": compact,
        "spaced": spaced,
        "escaped": escaped,
        "crowded": crowded,
        "unknown-member": unknown_member,
    }
)


def _with(body: Body, member: str, more: Body) -> Body:
    return {**body, member: {**(body.get(member) or {}), **more}}


def _escaped(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_escaped(key)}:{_escaped(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_escaped, value)) + "]"
    return f'"{_units(value)}"' if isinstance(value, str) else json.dumps(value)


def _units(text: str) -> str:
    raw = text.encode("utf-16-be")
    return "".join(f"\\u{raw[at]:02x}{raw[at + 1]:02x}" for at in range(0, len(raw), 2))

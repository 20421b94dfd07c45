"""How a request can be written: the spelling of its JSON, its media type, and what the client takes."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from suites.trigger.support.bodies import Body
from tck.checking import PLAIN, encoded, in_escapes, reading, sending, spaced_to

__all__ = ["FILLING", "PLAIN", "SPELLINGS", "compact", "reading", "sending", "spelt"]

FILLING = "filling"
Spell = Callable[[Body, int, str], bytes]
"""Writes a body as so many bytes; the name is of the object in it that may be filled."""


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
    return spaced_to(size, body)


def escaped(body: Body, size: int, member: str) -> bytes:
    """Every character of every string as an escape, and a text of escapes as long as there is room for."""
    start = in_escapes(_with(body, member, {FILLING: ""})).encode()
    empty, room = in_escapes({FILLING: ""})[1:-1].encode(), size - len(start)
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

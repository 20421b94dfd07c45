"""Texts and bodies that break careless servers, each of which is sent at least once to every operation."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Members = dict[str, Any]


@dataclass(frozen=True)
class Oddity:
    """Something odd: its name, as JSON text to stand for a value, and as raw bytes to stand in a path."""

    name: str
    json: bytes
    path: bytes

    def in_place(self, text: bytes) -> bytes | None:
        """The JSON text with this in place of `@`, or of `~` inside a text; None where a text must stand."""
        if b"~" not in text:
            return text.replace(b"@", self.json)
        return text.replace(b"~", self.json[1:-1]) if self.json.startswith(b'"') else None


def oddities(longest: int, deepest: int, long_path: int = 1500) -> tuple[Oddity, ...]:
    """All; a long text has `longest` bytes in a body, `long_path` in a path, and nesting `deepest` levels."""
    nested = b"[" * deepest + b"]" * deepest
    many = b"9" * 400
    return (
        Oddity("NUL", rb'"a\u0000b"', b"a\0b"),
        Oddity("a lone surrogate", rb'"a\ud800b"', b"a\xed\xa0\x80b"),
        Oddity("a very long text", b'"' + b"x" * longest + b'"', b"x" * long_path),
        Oddity("deep nesting", nested, b"[" * 200 + b"]" * 200),
        Oddity("a huge number", b"1e400", b"1e400"),
        Oddity("a number of 400 digits", many, many),
        Oddity("a tiny number", b"-1e-400", b"-1e-400"),
        Oddity("invalid UTF-8", b'"a\xff\xfe\xc3b"', b"a\xff\xfe\xc3b"),
    )


def odd_bodies(
    members: Members, member: str, places: tuple[str, ...], odd: tuple[Oddity, ...]
) -> Iterator[tuple[str, bytes]]:
    """The body of these members with each oddity somewhere in one of them, and one with that member twice.

    `places` are JSON texts for the value of `member`, with `@` for the oddity or `~` for one inside a text.
    """
    rest = {name: value for name, value in members.items() if name != member}
    head = (json.dumps(rest)[:-1] + (", " if rest else "") + json.dumps(member) + ": ").encode()
    for oddity in odd:
        for value in (text for place in places if (text := oddity.in_place(place.encode())) is not None):
            yield f"{oddity.name} in {member}", head + value + b"}"
    twice = json.dumps(members.get(member, "twice"))
    yield f"{member} twice", head + f"{twice}, {json.dumps(member)}: {twice}}}".encode()

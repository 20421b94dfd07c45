"""Texts that are nearly JSON: each is a good body with one fault that RFC 8259 does not allow."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

Spoil = Callable[[bytes], bytes]


def _after(more: bytes) -> Spoil:
    return lambda raw: raw + more


def _before(more: bytes) -> Spoil:
    return lambda raw: more + raw


def _member(text: bytes) -> Spoil:
    return lambda raw: raw[:-1] + b',"more":' + text + b"}"


def _inside(text: bytes) -> Spoil:
    return _member(b'"' + text + b'"')


FAULTS: Mapping[str, Spoil] = MappingProxyType(
    {
        "a letter after it": _after(b"x"),
        "another object after it": _after(b"{}"),
        "another object on the next line": _after(b"\n{}"),
        "a brace too many": _after(b"}"),
        "a bracket after it": _after(b" ]"),
        "a comma after it": _after(b","),
        "a semicolon after it": _after(b";"),
        "a comma before it": _before(b","),
        "a name before it": _before(b"body="),
        "a guard before it": _before(b")]}',\n"),
        "a comma behind the last member": lambda raw: raw[:-1] + b",}",
        "two commas between members": lambda raw: raw[:-1] + b',,"more":1}',
        "a comma behind the last item": _member(b"[1,]"),
        "no comma between members": lambda raw: raw[:-1] + b' "more":1}',
        "a comment before it": _before(b"/* note */"),
        "a comment inside": lambda raw: raw[:-1] + b"/* note */}",
        "a comment to the end of the line": lambda raw: raw[:-1] + b"// note\n}",
        "a comment with a hash": lambda raw: raw[:-1] + b"# note\n}",
        "single quotes": lambda raw: raw.replace(b'"', b"'"),
        "a name without quotes": lambda raw: raw[:-1] + b",more:1}",
        "a value without quotes": _member(b"words"),
        "NaN": _member(b"NaN"),
        "Infinity": _member(b"Infinity"),
        "negative Infinity": _member(b"-Infinity"),
        "undefined": _member(b"undefined"),
        "True with a capital": _member(b"True"),
        "None": _member(b"None"),
        "a leading zero": _member(b"01"),
        "a leading plus": _member(b"+1"),
        "a leading dot": _member(b".5"),
        "a trailing dot": _member(b"1."),
        "a hexadecimal number": _member(b"0x10"),
        "a number with underscores": _member(b"1_000"),
        "a line break in a text": _inside(b"two\nlines"),
        "a tab in a text": _inside(b"two\twords"),
        "an unknown escape": _inside(b"\\x41"),
        "an escaped apostrophe": _inside(b"it\\'s"),
        "an escape that is too short": _inside(b"\\u12"),
        "a text without its end": _member(b'"open'),
    }
)
"""Ways to spoil a body that is an object with at least one member."""

NO_UTF8: Mapping[str, Spoil] = MappingProxyType(
    {
        "a byte that no UTF-8 has": _inside(b"\xff"),
        "a Latin-1 letter": _inside(b"caf\xe9"),
        "a letter cut short": _inside(b"\xe2\x82"),
        "a slash in two bytes": _inside(b"\xc0\xaf"),
    }
)
"""Ways to make a body one that is not UTF-8."""

NOTHING: Mapping[str, bytes] = MappingProxyType(
    {
        "no byte": b"",
        "blanks": b" \r\n\t",
        "null": b"null",
        "zero": b"0",
        "an empty text": b'""',
        "false": b"false",
    }
)
"""Bodies with nothing in them that an operation could use."""

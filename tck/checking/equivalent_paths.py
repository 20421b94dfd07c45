"""Ways to write an address in a path that RFC 3986 calls equivalent."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

Encode = Callable[[str], str]


def _every_byte(text: str, form: str = "%{:02X}") -> str:
    """The text with all but its dots escaped: gateways refuse an escaped dot, as it may hide a way up."""
    return "".join("." if byte == ord(".") else form.format(byte) for byte in text.encode())


EQUIVALENT: Mapping[str, Encode] = MappingProxyType(
    {
        "every byte escaped": _every_byte,
        "every byte escaped in small hex digits": lambda text: _every_byte(text, "%{:02x}"),
        "small hex digits": lambda text: _small_hex(quote(text, safe="")),
        "its first letter escaped": lambda text: _every_byte(text[:1]) + quote(text[1:], safe=""),
        "its last letter escaped": lambda text: quote(text[:-1], safe="") + _every_byte(text[-1:]),
    }
)
"""Spellings of an address that are equivalent by RFC 3986: escaped or not, in hex digits of either case."""


def _small_hex(path: str) -> str:
    head, *parts = path.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts)

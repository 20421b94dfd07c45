"""Ways to write a session's path that lead to the same address, and ways that the pages do not have."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

from suites.trigger.support.api import COLLECTION, Sessions
from tck.checking import Reply

Encode = Callable[[str], str]
METHODS = {"retrieveSession": "GET", "updateSession": "PATCH", "closeSession": "POST"}
PUNCTUATION = "!$&'()*+,;=:@"
"""What a path may hold unescaped besides letters, digits, hyphens, dots, underscores and tildes."""


def _every_byte(text: str, form: str = "%{:02X}") -> str:
    return "".join(form.format(byte) for byte in text.encode())


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


def unescaped(text: str) -> str:
    """The address with all punctuation that a path may hold as it is."""
    return quote(text, safe=PUNCTUATION)


def _small_hex(path: str) -> str:
    head, *parts = path.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts)


def asked_at(sessions: Sessions, operation: str, path: str, body: bytes | None = None) -> Reply:
    """An operation at a path that is written out, percent-encoding and all."""
    return sessions.send(operation, METHODS[operation], path, body)


def path_to(segment: str, operation: str = "retrieveSession") -> str:
    """The path of an operation on the session whose address stands there as this segment."""
    return f"{COLLECTION}/{segment}" + ("/close" if operation == "closeSession" else "")


def variants(segment: str, operation: str) -> Mapping[str, str]:
    """Paths that come close to that of an operation on a session, and that no page has."""
    plain = path_to(segment, operation)
    return {
        "slash-behind": f"{plain}/",
        "two-slashes-behind": f"{plain}//",
        "two-slashes-before": plain.replace(f"/{segment}", f"//{segment}"),
        "two-slashes-at-the-beginning": f"/{plain}",
        "two-slashes-in-the-middle": plain.replace("/v1/", "/v1//"),
        "capitals": plain.replace("/api/", "/API/"),
        "escaped-dot-segment": plain.replace(f"/{segment}", f"/%2e/{segment}"),
        "path-parameter": f"{plain};a=1",
        "format": f"{plain}.json",
        "escaped-slash-behind": f"{plain}%2F",
        "query": f"{plain}?key=1",
    }

"""Ways to write a session's path that lead to the same address, and ways that the pages do not have."""

from collections.abc import Mapping
from urllib.parse import quote

from suites.trigger.support.api import COLLECTION, Sessions
from tck.checking import EQUIVALENT, Reply

__all__ = ["EQUIVALENT", "PUNCTUATION", "asked_at", "path_to", "unescaped", "variants"]

METHODS = {"retrieveSession": "GET", "updateSession": "PATCH", "closeSession": "POST"}
PUNCTUATION = "!$&'()*+,;=:@"
"""What a path may hold unescaped besides letters, digits, hyphens, dots, underscores and tildes."""


def unescaped(text: str) -> str:
    """The address with all punctuation that a path may hold as it is."""
    return quote(text, safe=PUNCTUATION)


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

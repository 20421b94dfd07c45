"""Headers that a gateway in front of the target demands: from the environment or a file, no argument."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tck.errors import KitError

FILE, TEXT = "TCK_HEADERS_FILE", "TCK_HEADERS"
"""The variables: the path of a file, or the lines themselves; each line is `name: value`."""
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\t\x20-\x7e]+")
OF_CHECKS = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length",
    "content-type", "expect", "host", "if-match", "if-none-match", "if-modified-since", "keep-alive",
    "proxy-authorization", "te", "traceparent", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that checks or the HTTP library send; no gateway's header may take their place."""


def gateway_headers(environment: Mapping[str, str]) -> dict[str, str]:
    """The headers by their names as written; raises KitError for a line that is none."""
    path = environment.get(FILE, "").strip()
    found: dict[str, str] = {}
    if path:
        found.update(_read(FILE, _text_of(path)))
    found.update(_read(TEXT, environment.get(TEXT, "")))
    return found


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise KitError(f"{FILE}={path} cannot be read; name a text file with a header a line.") from None


def _read(variable: str, text: str) -> Iterator[tuple[str, str]]:
    """The headers of the lines; the sentence about a bad line shows nothing of its value."""
    for number, line in enumerate(text.splitlines(), 1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or not NAME.fullmatch(name) or not VALUE.fullmatch(value):
            raise KitError(f"line {number} of {variable} is not a header; write `name: value`.")
        if name.lower() in OF_CHECKS:
            raise KitError(
                f"line {number} of {variable} names {name}, which checks send as they need it; take it out."
            )
        yield name, value

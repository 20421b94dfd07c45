"""How a request can be written: the blanks and escapes of its JSON, its media type, what the client takes."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tck.contract.combinations import Combination

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
        "list": "application/json, text/html;q=0.9, application/xhtml+xml;q=0.5, */*;q=0.1",
    }
)
"""Values of Accept that prefer nothing to JSON; an empty one leaves the header out."""
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


def spaced_to(size: int, body: Any) -> bytes:
    """A body of so many bytes: every kind of white space between all tokens, and blanks around it."""
    raw = json.dumps(body, ensure_ascii=False, indent="\t", separators=(" \r\n, ", "\n : ")).encode()
    room = size - len(raw) - 2
    return b" " * (room // 2) + raw[:-1] + b" " * (room - room // 2) + raw[-1:] + b"\r\n"


def in_escapes(value: Any) -> str:
    """A value as JSON, each character of every string as an escape."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{in_escapes(key)}:{in_escapes(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(in_escapes, value)) + "]"
    return f'"{_units(value)}"' if isinstance(value, str) else json.dumps(value)


def _units(text: str) -> str:
    raw = text.encode("utf-16-be")
    return "".join(f"\\u{raw[at]:02x}{raw[at + 1]:02x}" for at in range(0, len(raw), 2))

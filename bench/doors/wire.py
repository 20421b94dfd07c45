"""What the request of an exchange shows, whatever it is about: its headers, and the form of its body."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tck.recording.exchange import Exchange, header

Facts = Mapping[str, str]
"""What one exchange shows of each dimension."""
Credential = Callable[[str], str]
"""What an Authorization header holds."""


def wire_of(one: Exchange, credential: Credential) -> Facts:
    """What the headers and the body of a request show."""
    headers = one.request_headers
    return {
        "credential": credential(header(headers, "authorization")),
        "body": _body(one),
        "transfer": "chunked" if header(headers, "transfer-encoding") else "length",
        "media": _media(header(headers, "content-type")),
        "accept": _accept(header(headers, "accept")),
        "coding": header(headers, "accept-encoding") or "identity",
        "condition": "validator" if _conditional(one) else "unconditional",
    }


def _body(one: Exchange) -> str:
    if not one.request_body:
        return "empty"
    try:
        value = json.loads(one.request_body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return "no-json"
    return "object" if isinstance(value, dict) else "no-object"


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _media(value: str) -> str:
    if value == "application/json":
        return "plain"
    if not value:
        return "absent"
    return "parameters" if ";" in value else "capitals" if value.lower() == "application/json" else "other"


def _accept(value: str) -> str:
    if value in ("application/json", ""):
        return "json" if value else "absent"
    return "list" if "," in value else "anything" if value == "*/*" else "other"


def _conditional(one: Exchange) -> bool:
    return any(header(one.request_headers, name) for name in ("if-none-match", "if-modified-since"))


def object_of(raw: bytes) -> dict[str, Any] | None:
    """The JSON object that a body is, if it is one."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None

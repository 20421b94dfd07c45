"""Generated bodies as bytes, and what can be said of bytes that were generated."""

import json
from typing import Any

from tck.checking.operations import encoded
from tck.randomized.fuzzing.case import NOTHING


def as_bytes(value: Any) -> bytes:
    """The value as JSON, halves of surrogate pairs escaped."""
    try:
        return encoded(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def unreadable(raw: bytes) -> bool:
    """Whether no parser, however lenient with its characters, takes the bytes for JSON."""
    text = raw.decode("utf-8", "replace").lstrip("\ufeff").replace("\0", "").strip()
    try:
        json.loads(text or "null")
    except RecursionError:
        return False
    except ValueError:
        return True
    return False


def parsed_strictly(raw: bytes) -> Any:
    """The JSON value of bytes that every parser reads alike, NOTHING when some do not."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_without_twins)
        return value if "Infinity" not in json.dumps(value) else NOTHING
    except (ValueError, RecursionError):
        return NOTHING


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a member stands there twice")
    return dict(pairs)

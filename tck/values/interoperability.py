"""Requests with JSON that not every sound server can carry: a server error there is no broken MUST.

RFC 8259 lets implementations limit depth and numbers (section 9) and warns of lone surrogates (section 8.2);
databases that many servers store their rows in take no NUL.
"""

import json
import math
import re
from typing import Any

DEEPEST = re.compile(rb"(?:[\[{]\s*){65}|(?:\{\s*\"[^\"]*\"\s*:\s*){65}")
"""Nesting that common parsers refuse: the smallest of their limits is 64 levels."""
LONGEST_NUMBER = re.compile(r"\d{20}|[eE][+-]?\d{3}")
IN_A_PATH = re.compile(r"%00|%ED%[AB][0-9A-F]%[89AB][0-9A-F]", re.IGNORECASE)


def is_exotic(body: bytes | None, path: str = "") -> bool:
    """Whether a request holds NUL, half of a surrogate pair, deep nesting or a number beyond all range."""
    return bool(IN_A_PATH.search(path)) or (body is not None and _is_exotic_body(body))


def _is_exotic_body(body: bytes) -> bool:
    if DEEPEST.search(body) or b"\0" in body:
        return True
    try:
        value = json.loads(body, parse_int=_number, parse_float=_number)
    except (ValueError, RecursionError):
        return False
    return _holds(value)


def _number(digits: str) -> float:
    """The number; infinite when it is far from what is common."""
    return math.inf if LONGEST_NUMBER.search(digits) else float(digits)


def _holds(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return any(map(_holds, value))
    if isinstance(value, float):
        return math.isinf(value)
    return isinstance(value, str) and any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)

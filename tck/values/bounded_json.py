"""Reading JSON that a plain parser gives up on: nested very deeply, or numbers of thousands of digits.

A reply within the size that is read may nest 500,000 levels, and json gives up below 1,000. Such a reply
is JSON all the same: a check must not call it malformed, and what stands beside the nesting is still judged.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 100
"""Levels that are read; what is nested deeper is a text that says so, in itself equal everywhere."""
LONGEST_NUMBER = 4000
"""Digits of a whole number that is read exactly."""
LONG_NUMBER = re.compile(rf"[0-9]{{{LONGEST_NUMBER}}}")
DEEPER = '"(nested deeper than the kit reads)"'
TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]+|[\]}]+', re.DOTALL)
"""A string, or brackets of one kind in a row."""


def read_json(text: str) -> Any:
    """The JSON value of a text; raises ValueError when it is none."""
    shallow = _shallow(text) if text.count("[") + text.count("{") > DEEPEST else text
    try:
        if len(shallow) > LONGEST_NUMBER and LONG_NUMBER.search(shallow):
            return json.loads(shallow, parse_constant=_no_json, parse_int=_whole)
        return json.loads(shallow, parse_constant=_no_json)
    except RecursionError:
        raise ValueError("the text is nested without end") from None


def why_no_json(body: bytes) -> str:
    """What keeps a body from being JSON, in a few words; empty where it is JSON."""
    try:
        read_json(body.decode())
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} is not UTF-8"
    except json.JSONDecodeError as error:
        return f"{error.msg[0].lower()}{error.msg[1:]} at character {error.pos + 1}"
    except ValueError as error:
        return str(error)
    return ""


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


def _shallow(text: str) -> str:
    """The text with a note in place of everything that lies too deep."""
    parts, done = [], 0
    for start, end in _deep_spans(text):
        parts += [text[done:start], DEEPER]
        done = end
    return "".join((*parts, text[done:]))


def _deep_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where that lies, if its brackets have an end."""
    depth = start = 0
    for token in TOKEN.finditer(text):
        first, size = text[token.start()], token.end() - token.start()
        if first in "[{":
            if depth <= DEEPEST < depth + size:
                start = token.start() + DEEPEST - depth
            depth += size
        elif first in "]}":
            if depth - size <= DEEPEST < depth:
                yield start, token.start() + depth - DEEPEST
            depth -= size

"""A JSON body as lines that know which member they show, so that the differing one can be marked."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from tck.values.differences import member_of
from tck.values.texts import printable

STEP = "  "
MOST_LINES = 400
DEEPEST = 40


@dataclass(frozen=True)
class Line:
    """One line of a body; `differs` says whether it belongs to a member that is not as expected."""

    text: str
    differs: bool = False


def outlined(text: str, differing: Collection[str]) -> tuple[Line, ...]:
    """The lines of a body, laid out if it is ordinary JSON; the members at these paths are marked."""
    value = _ordinary(text)
    if value is None:
        return tuple(Line(printable(line)) for line in text.replace("\r\n", "\n").split("\n"))
    return tuple(_lines(value, "", "", "", frozenset(differing), depth=0))


def _ordinary(text: str) -> Any:
    """The object or array of a text, if it says the same however it is laid out; else None."""
    if text[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(text)
        compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        same = text == compact or text == json.dumps(value, ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return None
    return value if same and _depth(value) <= DEEPEST and text.count(",") < MOST_LINES else None


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        level = [part for one in level for part in _parts(one)]
        depth += 1
    return depth


def _parts(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _lines(
    value: Any, path: str, name: str, end: str, marked: frozenset[str], *, depth: int
) -> Iterator[Line]:
    """A value behind its name; `end` is the comma behind it. What stands at a path of `marked` is marked."""
    before = STEP * depth + name
    differs = path in marked
    parts = [*_named(value, path)]
    if not parts:
        inside = differs or any(one.startswith(f"{path}[") for one in marked)
        yield Line(printable(f"{before}{json.dumps(value, ensure_ascii=False)}{end}"), inside)
        return
    within = marked | {member for _, member, _ in parts} if differs else marked
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield Line(printable(before + opening), differs)
    for place, (label, member, part) in enumerate(parts, 1):
        comma = "," if place < len(parts) else ""
        yield from _lines(part, member, label, comma, within, depth=depth + 1)
    yield Line(f"{STEP * depth}{closing}{end}", differs)


def _named(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """The parts of a value that take a line of their own: how each begins, its path and its value."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield f"{json.dumps(key, ensure_ascii=False)}: ", member_of(path, key), part
    elif isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        for place, part in enumerate(value):
            yield "", f"{path}[{place}]", part

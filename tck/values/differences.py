"""Where two JSON values differ, and how to show both there so that the difference can be seen."""

import json
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from tck.values.json_equality import same_json

ROOM = 160
"""Characters of a value that are shown."""
BEFORE = 40
"""Characters before the first difference that are shown of a longer one."""
SHORT = 60
"""Characters of an array that is shown whole instead of the items that differ."""
ABSENT: Any = object()
"""Stands for a member or an item that is not there."""


@dataclass(frozen=True)
class Difference:
    """A place at which two JSON values differ, a path such as `metadata.kept[1]`, and both values there."""

    path: str
    expected: Any
    seen: Any

    @property
    def texts(self) -> tuple[str, str]:
        """What was expected and what was seen there, each as a short text; the two differ."""
        return apart(self.expected, self.seen)


def differing(expected: Any, seen: Any, path: str = "", whole: Collection[str] = ()) -> Iterator[Difference]:
    """The places at which two JSON values differ, each as deep as it goes, in the order of `expected`.

    What stands at a path of `whole` is not looked into.
    """
    todo: list[Difference] = [Difference(path, expected, seen)]
    while todo:
        one = todo.pop()
        parts = None if one.path in whole else _parts(one)
        if parts is not None:
            todo += reversed(parts)
        elif one.expected is ABSENT or one.seen is ABSENT or not same_json(one.expected, one.seen):
            yield one


def _parts(one: Difference) -> list[Difference] | None:
    """The members or items of two objects or two arrays side by side; None for anything else."""
    left, right = one.expected, one.seen
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return [
            Difference(member_of(one.path, name), left.get(name, ABSENT), right.get(name, ABSENT))
            for name in dict.fromkeys((*left, *right))
        ]
    if isinstance(left, list) and isinstance(right, list) and not are_short(left, right):
        pairs = enumerate(zip_longest(left, right, fillvalue=ABSENT))
        return [Difference(f"{one.path}[{index}]", *pair) for index, pair in pairs]
    return None


def are_short(*arrays: list[Any]) -> bool:
    """Whether arrays are best shown whole."""
    return all(len(array) <= SHORT and len(_text(array)) <= SHORT for array in arrays)


def member_of(path: str, name: str) -> str:
    """The path of a member of the object at a path; an odd name stands in quotes."""
    if not name.isidentifier():
        return f"{path}[{json.dumps(name, ensure_ascii=False)}]"
    return f"{path}.{name}" if path else name


def apart(expected: Any, seen: Any) -> tuple[str, str]:
    """Two values that differ as two short texts that differ: of long ones the part where they do."""
    texts = _text(expected), _text(seen)
    if texts[0] == texts[1] or _alike(*texts):
        texts = _text(expected, ascii_only=True), _text(seen, ascii_only=True)
    if texts[0] == texts[1] and type(expected) is not type(seen):
        texts = f"{texts[0]} ({type(expected).__name__})", f"{texts[1]} ({type(seen).__name__})"
    start = _first_difference(*texts)
    return _part(texts[0], start, expected), _part(texts[1], start, seen)


def _text(value: Any, *, ascii_only: bool = False) -> str:
    if value is ABSENT:
        return "absent"
    try:
        return json.dumps(_sortable(value), ensure_ascii=ascii_only)
    except (TypeError, ValueError):
        return repr(value)
    except RecursionError:
        return "a value too deep to show"


def _sortable(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, set | frozenset | range) else value


def _alike(one: str, other: str) -> bool:
    """Whether a reader would take two texts for the same: what differs has no width or two spellings."""
    return _for_the_eye(one) == _for_the_eye(other)


def _for_the_eye(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    return "".join(character for character in normal if unicodedata.category(character)[0] not in "CZ")


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))


def _part(text: str, start: int, value: Any) -> str:
    if len(text) <= ROOM:
        return text
    first = max(0, min(start - BEFORE, len(text) - ROOM))
    last = first + ROOM
    size = len(value) if isinstance(value, str) else len(text)
    shown = f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
    return f"{shown} ({size} characters)"

"""JSON equality, which is not Python equality: true is not 1, 1 is 1.0, and key order is free."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tck.errors import Broken
from tck.values.origin import BEGINNING, NOWHERE, Origin, origin_of
from tck.values.rfc3339 import compare_instants


class Kind(StrEnum):
    """How two values of a member are compared."""

    PLAIN = "plain"
    INSTANT = "instant"
    UNORDERED = "unordered"


def same_json(left: Any, right: Any) -> bool:
    """Whether two parsed JSON values, however deep, are the same JSON value."""
    if left is None or right is None or (isinstance(left, str) and isinstance(right, str)):
        return bool(left == right)
    try:
        if left != right:
            return False  # Python's equality is the weaker one
        if json.dumps(left) == json.dumps(right):
            return True
    except (RecursionError, TypeError):
        pass  # too deep for either, or no JSON
    pairs = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
            pairs += [(one[key], other[key]) for key in one]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            pairs += zip(one, other, strict=True)
        elif not _same_scalar(one, other):
            return False
    return True


def _same_scalar(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return left is right is None or (isinstance(left, str) and isinstance(right, str) and left == right)


def contains_json(whole: Any, part: Any) -> bool:
    """Whether every member of the object `part` stands with the same value in `whole`."""
    if not isinstance(whole, Mapping) or not isinstance(part, Mapping):
        return same_json(whole, part)
    return all(key in whole and same_json(whole[key], part[key]) for key in part)


@dataclass(frozen=True, eq=False)
class JsonValue:
    """One value of a reply, comparable with plain Python values by JSON equality."""

    value: Any
    kind: Kind = Kind.PLAIN
    origin: Origin = field(default=NOWHERE, repr=False)
    allowance: float = 0.0
    """Seconds by which another instant may be before or after this one and still be taken for the same."""

    @property
    def is_null(self) -> bool:
        """Whether the value is null or absent, which optional members may be alike."""
        return self.value is None

    def __eq__(self, other: object) -> bool:
        self.origin.look(origin_of(other))
        right = other.value if isinstance(other, JsonValue) else other
        if self.kind is Kind.INSTANT and isinstance(self.value, str) and isinstance(right, str):
            return _same_instant(self.value, right)
        if self.kind is Kind.UNORDERED and isinstance(self.value, list) and isinstance(right, list):
            return _same_set(self.value, right)
        return same_json(self.value, right)

    def __hash__(self) -> int:
        return hash(json.dumps(self.value, sort_keys=True))

    def __repr__(self) -> str:
        return (
            f"{shown(self.value)}, give or take {self.allowance:g} s" if self.allowance else shown(self.value)
        )

    def __ge__(self, other: "JsonValue") -> bool:
        """Whether this instant is the other or after it, at the coarser precision; raises Broken."""
        return self._order(other) >= 0

    def __le__(self, other: "JsonValue") -> bool:
        """Whether this instant is the other or before it, at the coarser precision; raises Broken."""
        return self._order(other) <= 0

    def __gt__(self, other: "JsonValue") -> bool:
        """Whether this instant is after the other, at the coarser precision; raises Broken."""
        return self._order(other) > 0

    def _order(self, other: "JsonValue") -> int:
        self.origin.look(other.origin)
        try:
            return compare_instants(self.value, other.value, max(self.allowance, other.allowance))
        except (TypeError, ValueError):
            seen = f"{self!r} and {other!r}"
            exchanges = (self.origin.exchange, other.origin.exchange)
            raise Broken("a timestamp is none", "RFC 3339 date-times", seen, *exchanges) from None

    def made(self, value: Any, kind: Kind = Kind.PLAIN, part: str = "") -> "JsonValue":
        """A value that was made of this one; `part` names the part of it that it is."""
        place = f"{self.origin.place}.{part}" if part else self.origin.place
        return JsonValue(value, kind, self.origin.at(place))

    def beginning(self, count: int) -> "JsonValue":
        """The first characters of a value as text, to compare with a prefix."""
        return JsonValue(str(self.value)[:count], origin=self.origin.at(f"{BEGINNING}{self.origin.place}"))

    def contains(self, part: object) -> bool:
        """Whether every member of the object `part` stands here with the same value."""
        return contains_json(self.value, part.value if isinstance(part, JsonValue) else part)


NULL, TRUE, FALSE = JsonValue(None), JsonValue(True), JsonValue(False)
"""Values to compare with; an absent member is null, too."""


def shown(value: Any, limit: int = 400) -> str:
    """A value as JSON text for a person, cut at `limit` characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    except RecursionError:
        text = "a value too deep to show"
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _same_instant(left: str, right: str) -> bool:
    try:
        return compare_instants(left, right) == 0
    except ValueError:
        return left == right


def _same_set(left: list[Any], right: list[Any]) -> bool:
    return all(any(same_json(one, other) for other in right) for one in left) and all(
        any(same_json(one, other) for other in left) for one in right
    )

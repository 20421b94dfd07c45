"""What an assertion compared, in words; left of the operator stands what was seen."""

from collections.abc import Callable, Mapping
from typing import Any

from tck.values.differences import Difference, apart, are_short, differing
from tck.values.json_equality import JsonValue, Kind, same_json, shown
from tck.values.mismatch import MOST, Mismatch, between, joined
from tck.values.origin import exchanges_of, origin_of
from tck.values.row import Row

ORDERS: Mapping[str, tuple[str, str]] = {
    ">=": ("at least", "not before"),
    "<=": ("at most", "not after"),
    ">": ("more than", "after"),
    "<": ("less than", "before"),
}
"""An order in words: of numbers, and of instants."""


def compared(operator: str, seen: Any, expected: Any) -> Mismatch:
    """The comparison that did not hold; its exchanges are those that the two sides come from."""
    said = _said(operator, seen, expected)
    exchanges = said.exchanges or exchanges_of(expected, seen)
    return Mismatch(said, said.expected, said.seen, exchanges)


def _said(operator: str, seen: Any, expected: Any) -> Mismatch:
    if operator in {"==", "is"}:
        return _unequal(seen, expected)
    if operator in ORDERS:
        return _out_of_order(operator, seen, expected)
    kinds: Mapping[str, Callable[[Any], str]] = {
        "!=": lambda value: f"anything but {_short(value)}",
        "is not": lambda value: f"anything but {_short(value)}",
        "in": lambda value: f"one of {_listed(value)}",
        "not in": lambda value: f"none of {_listed(value)}",
    }
    say = kinds.get(operator, lambda value: f"{operator} {_short(value)}")
    return _as_words(_place(seen, expected), say(expected), _short(seen))


def _unequal(seen: Any, expected: Any) -> Mismatch:
    if isinstance(seen, Row) and isinstance(expected, Row):
        return joined(expected.differences(seen))
    pair = _differing_items(seen, expected)
    if pair is not None:
        return compared("==", *pair)
    if _is_unordered(seen, expected):
        return _unequal_sets(seen, expected)
    place = _place(seen, expected)
    left, right = _plain(seen), _plain(expected)
    if not place and left and right in ([], {}):
        return _more_than_none(left)
    found = list(differing(right, left, place)) or [Difference(place, right, left)]
    return joined([between(one) for one in found])


def _differing_items(seen: Any, expected: Any) -> tuple[Any, Any] | None:
    """Of two lists of values that know their origin, the first two that differ."""
    if not isinstance(seen, list | tuple) or not isinstance(expected, list | tuple):
        return None
    if len(seen) != len(expected) or not exchanges_of(seen, expected):
        return None
    return next((pair for pair in zip(seen, expected, strict=True) if pair[0] != pair[1]), None)


def _more_than_none(found: Any) -> Mismatch:
    """Something that a check has gathered, where there was to be nothing: each by its name, if it has one."""
    pairs = found.items() if isinstance(found, Mapping) else (("", one) for one in found)
    named = [": ".join(filter(None, (name, _short(value)))) for name, value in pairs]
    more = [f"and {len(named) - MOST} more"] if len(named) > MOST else []
    seen = "; ".join([*named[:MOST], *more])
    return Mismatch(f"there is {seen}", "none", seen)


def _is_unordered(seen: Any, expected: Any) -> bool:
    kinds = {side.kind for side in (seen, expected) if isinstance(side, JsonValue)}
    sides = (_plain(seen), _plain(expected))
    return Kind.UNORDERED in kinds and all(isinstance(side, list) for side in sides)


def _unequal_sets(seen: Any, expected: Any) -> Mismatch:
    """Two lists whose order is free, as what one has and the other lacks."""
    place, left, right = _place(seen, expected), _plain(seen), _plain(expected)
    if are_short(left, right):
        return between(Difference(place, right, left))
    missing = [one for one in right if not any(same_json(one, other) for other in left)]
    strange = [one for one in left if not any(same_json(one, other) for other in right)]
    more = [f"without {shown(missing)}"] if missing else []
    more += [f"with {shown(strange)}"] if strange else []
    wanted = f"with {shown(missing)}" if missing else f"without {shown(strange)}"
    seen_of_it, named = " and ".join(more), f"{place}: " if place else ""
    return Mismatch(f"{place or 'it'} comes {seen_of_it}", f"{named}{wanted}", f"{named}{seen_of_it}")


def _out_of_order(operator: str, seen: Any, expected: Any) -> Mismatch:
    instants = all(isinstance(side, JsonValue) and isinstance(side.value, str) for side in (seen, expected))
    left, right = apart(_plain(seen), _plain(expected))
    other = origin_of(expected).place
    named = f" ({other})" if other and other != origin_of(seen).place else ""
    return _as_words(_place(seen, expected), f"{ORDERS[operator][instants]} {right}{named}", left)


def _as_words(place: str, expected: str, seen: str) -> Mismatch:
    named = f"{place}: " if place else ""
    said = f"{place or 'it'} is {seen}, expected is {expected}"
    return Mismatch(said, f"{named}{expected}", f"{named}{seen}")


def _place(seen: Any, expected: Any) -> str:
    return origin_of(seen).place or origin_of(expected).place


def _plain(value: Any) -> Any:
    """The JSON value, or whatever else a side is."""
    if isinstance(value, JsonValue):
        return value.value
    return dict(value.values) if isinstance(value, Row) else value


def _short(value: Any) -> str:
    return apart(_plain(value), None)[0]


def _listed(values: Any) -> str:
    plain = _plain(values)
    if isinstance(plain, range):
        return f"{plain.start} to {plain.stop - 1}"
    if isinstance(plain, set | frozenset):
        plain = sorted(plain, key=str)
    return ", ".join(map(_short, plain)) if isinstance(plain, list | tuple) else _short(plain)
